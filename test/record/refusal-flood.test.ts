import t from 'tap'
import type { EntryBody } from '../../src/core/audit-entry.ts'
import type { RefusalCode } from '../../src/core/refusal.ts'
import { createRefusalFlood } from '../../src/record/refusal-flood.ts'
import { methodOf } from '../support/decision-parts.ts'
import { createManualTime } from '../support/manual-time.ts'
import { createRandom } from '../support/random.ts'

const start = methodOf('StartWorkflowExecution')

function openFlood() {
  const entries: EntryBody[] = []
  const time = createManualTime()
  const disk = { trouble: undefined as string | undefined }
  const flood = createRefusalFlood({
    journal: { enqueue: (entry) => void entries.push(entry), trouble: () => disk.trouble },
    now: time.now,
    schedule: time.schedule,
  })
  const stranger = (peer = '10.4.2.17') => ({ at: time.now(), peer, method: start })
  /** Comes so often, and returns how many of these were counted. */
  const come = (count: number, code: RefusalCode = 'credential_missing', peer?: string) => {
    let counted = 0
    for (let turn = 0; turn < count; turn += 1) {
      if (flood.countBeyondBurst(code, stranger(peer))) counted += 1
    }
    return counted
  }
  return { entries, time, disk, flood, come, stranger }
}

void t.test(
  'the first fifty of a second have entries of their own, and the rest one',
  async (t) => {
    const { entries, time, come } = openFlood()
    t.equal(come(50), 0)
    t.equal(come(7), 7)
    time.advance(300)
    t.equal(come(3), 3)
    t.strictSame(entries, [])
    time.advance(700)
    t.match(entries, [
      {
        kind: 'refusals',
        code: 'credential_missing',
        count: 10,
        time: '2026-11-23T09:00:01.000Z',
        first_time: '2026-11-23T09:00:00.000Z',
        last_time: '2026-11-23T09:00:00.300Z',
        peers: { '10.4.2.17': 10 },
        methods: { StartWorkflowExecution: 10 },
      },
    ])
    t.equal(come(51), 1, 'the next second begins anew')
  },
)

void t.test('a quiet second writes nothing, and no timer runs without strangers', async (t) => {
  const { entries, time, come } = openFlood()
  t.strictSame(time.waiting(), [])
  come(50)
  t.strictSame(time.waiting(), [1000])
  time.advance(5000)
  t.strictSame(entries, [])
  t.strictSame(time.waiting(), [])
})

void t.test('each code has its own burst and its own entry', async (t) => {
  const { entries, time, come } = openFlood()
  t.equal(come(51, 'credential_missing'), 1)
  t.equal(come(52, 'token_expired'), 2)
  time.advance(1000)
  t.match(entries, [
    { code: 'credential_missing', count: 1 },
    { code: 'token_expired', count: 2 },
  ])
})

void t.test('ten peers are named, whoever comes, and the rest are counted', async (t) => {
  const { entries, time, come } = openFlood()
  come(50)
  for (let peer = 0; peer < 1000; peer += 1) come(2, 'credential_missing', `fd00::${peer}`)
  time.advance(1000)
  const [entry] = entries
  t.equal(entry?.['count'], 2000)
  t.strictSame(
    Object.values(entry?.['peers'] as object),
    Array.from({ length: 10 }, () => 2),
  )
  t.equal(entry?.['other_peers'], 1980)
})

void t.test('a path that is no method is counted and not repeated', async (t) => {
  const { entries, time, flood, come, stranger } = openFlood()
  come(50)
  flood.countBeyondBurst('credential_missing', { ...stranger(), method: undefined })
  time.advance(1000)
  t.match(entries[0], { count: 1, methods: undefined, other_methods: 1 })
})

void t.test('a call whose own entry could not be written is counted', async (t) => {
  const { entries, time, flood, come, stranger } = openFlood()
  t.equal(come(1), 0)
  flood.count('credential_missing', stranger())
  time.advance(1000)
  t.match(entries, [{ count: 1 }])
  flood.count('token_expired', stranger())
  time.advance(1000)
  t.match(entries[1], { code: 'token_expired', count: 1 })
})

void t.test(
  'times are those of the calls, in whatever order they come to be counted',
  async (t) => {
    const { entries, time, flood } = openFlood()
    const late = { peer: 'a', method: start }
    for (const ms of [500, 100, 900, 300]) {
      flood.count('credential_missing', { ...late, at: time.now() + ms })
    }
    time.advance(1000)
    t.match(entries[0], {
      first_time: '2026-11-23T09:00:00.100Z',
      last_time: '2026-11-23T09:00:00.900Z',
    })
  },
)

void t.test(
  'while the journal is in trouble nothing is handed over, and nothing forgotten',
  async (t) => {
    const { entries, time, disk, come } = openFlood()
    come(60)
    disk.trouble = 'disk full'
    time.advance(1000)
    t.equal(come(60), 60, 'there is no other burst')
    time.advance(10_000)
    t.strictSame(entries, [])
    disk.trouble = undefined
    time.advance(1000)
    t.match(entries, [{ count: 70 }])
  },
)

void t.test(
  'closing hands over what is counted, even in trouble, and counts no more',
  async (t) => {
    const { entries, time, disk, flood, come, stranger } = openFlood()
    come(55)
    disk.trouble = 'disk full'
    flood.close()
    t.match(entries, [{ count: 5 }])
    t.strictSame(time.waiting(), [])
    t.equal(come(100), 0, 'each has to ask for its own entry')
    flood.count('credential_missing', stranger())
    flood.close()
    t.equal(entries.length, 1)
  },
)

void t.test('every call is in one place, whatever happens', async (t) => {
  const random = createRandom(50)
  const { entries, time, disk, flood, stranger } = openFlood()
  const came = new Map<RefusalCode, number>()
  const recorded = new Map<RefusalCode, number>()
  const add = (counts: Map<RefusalCode, number>, code: RefusalCode, more: number) =>
    counts.set(code, (counts.get(code) ?? 0) + more)
  for (let turn = 0; turn < 20_000; turn += 1) {
    const code = random.oneOf(['credential_missing', 'token_expired', 'draining'] as const)
    add(came, code, 1)
    if (!flood.countBeyondBurst(code, stranger(`10.0.0.${random.below(99)}`))) {
      if (disk.trouble === undefined) add(recorded, code, 1)
      else flood.count(code, stranger())
    }
    if (random.below(20) === 0) time.advance(random.below(400))
    if (random.below(100) === 0) disk.trouble = random.oneOf([undefined, 'disk full'])
  }
  flood.close()
  for (const entry of entries) add(recorded, entry['code'] as RefusalCode, Number(entry['count']))
  t.same(recorded, came)
})

void t.test('by itself it goes by the system, and keeps no process alive', async (t) => {
  const entries: EntryBody[] = []
  const flood = createRefusalFlood({
    journal: { enqueue: (entry) => void entries.push(entry), trouble: () => undefined },
  })
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  const held = timers()
  const before = Date.now()
  flood.count('credential_missing', { at: before, peer: 'a', method: start })
  t.equal(timers(), held)
  flood.close()
  const at = Date.parse(entries[0]!.time)
  t.ok(at >= before && at <= Date.now())
})
