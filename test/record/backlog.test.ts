import t from 'tap'
import { CallEntry } from '../../src/record/call-entry.ts'
import { bodiesOf, createBacklog, type Waiting } from '../../src/record/backlog.ts'
import { keptLog, sampleEntry } from '../support/audit-files.ts'

const unawaited = (name: number): Waiting => ({ body: sampleEntry(name), settle: undefined })
const awaited = (name: number): Waiting => ({ body: sampleEntry(name), settle: () => {} })

const names = (entries: readonly Waiting[]) => entries.map(({ body }) => body['decision_id'])

void t.test('entries leave in the order in which they came', async (t) => {
  const backlog = createBacklog({ log: keptLog().log })
  t.equal(backlog.isAwaited(), false)
  for (const entry of [awaited(1), unawaited(2), awaited(3)]) backlog.add(entry)
  t.equal(backlog.size(), 3)
  t.equal(backlog.isAwaited(), true)
  const batch = backlog.take()
  t.strictSame(names(batch.entries), ['d-1', 'd-2', 'd-3'])
  t.strictSame(
    bodiesOf(batch),
    [1, 2, 3].map((name) => sampleEntry(name)),
  )
  t.strictSame(backlog.take(), { entries: [], dropped: 0 })
})

void t.test('a batch is a thousand entries at most', async (t) => {
  const backlog = createBacklog({ log: keptLog().log })
  for (let name = 0; name < 1500; name += 1) backlog.add(unawaited(name))
  t.equal(backlog.isAwaited(), false)
  t.equal(backlog.take().entries.length, 1000)
  t.equal(backlog.take().entries.length, 500)
})

void t.test(
  'a batch given back keeps its place, without those that somebody waits for',
  async (t) => {
    const backlog = createBacklog({ log: keptLog().log })
    for (const entry of [unawaited(1), awaited(2), unawaited(3)]) backlog.add(entry)
    const batch = backlog.take()
    for (const entry of [awaited(4), unawaited(5)]) backlog.add(entry)
    t.strictSame(names(backlog.giveBack(batch)), ['d-2', 'd-4'])
    t.strictSame(names(backlog.take().entries), ['d-1', 'd-3', 'd-5'])
  },
)

void t.test(
  'when full, the oldest that nobody waits for go, and the next entry says how many',
  async (t) => {
    const { log, messages } = keptLog()
    const backlog = createBacklog({ log })
    backlog.add(awaited(0))
    for (let name = 1; name < 100_000; name += 1) backlog.add(unawaited(name))
    t.equal(backlog.isFull(), true)
    t.strictSame(messages(), [])
    for (let name = 100_000; name < 101_001; name += 1) backlog.add(unawaited(name))
    t.equal(backlog.size(), 99_001)
    t.strictSame(messages(), ['too many audit entries wait to be written; the oldest are lost'])
    const batch = backlog.take()
    t.strictSame(names(batch.entries).slice(0, 2), ['d-0', 'd-2001'])
    const [first, second] = bodiesOf(batch)
    t.strictSame(first, { ...sampleEntry(0), dropped_entries: 2000 })
    t.strictSame(second, sampleEntry(2001))
    backlog.giveBack(batch)
    t.match(bodiesOf(backlog.take())[0], { decision_id: 'd-2001', dropped_entries: 2000 })
    t.strictSame(bodiesOf(backlog.take())[0], sampleEntry(3001), 'and says it once')
  },
)

void t.test('entries that share an answer leave together, however many there are', async (t) => {
  const backlog = createBacklog({ log: keptLog().log })
  const shared = () => {}
  for (let name = 0; name < 900; name += 1) backlog.add(unawaited(name))
  for (let name = 900; name < 1500; name += 1) {
    backlog.add(name % 3 === 0 ? unawaited(name) : { ...awaited(name), settle: shared })
  }
  for (let name = 1500; name < 1600; name += 1) backlog.add(awaited(name))
  t.equal(backlog.take().entries.length, 1500)
  t.equal(backlog.take().entries.length, 100)
  for (let name = 0; name < 1000; name += 1) backlog.add({ ...awaited(name), settle: shared })
  backlog.add(awaited(1000))
  t.equal(backlog.take().entries.length, 1000, 'and no others with them')
})

void t.test('what stands for many calls is not dropped', async (t) => {
  const backlog = createBacklog({ log: keptLog().log })
  backlog.add({ body: { ...sampleEntry('many'), kind: 'refusals' }, settle: undefined })
  for (let name = 0; name < 100_000; name += 1) backlog.add(unawaited(name))
  const batch = backlog.take()
  t.equal(batch.dropped, 1000)
  t.strictSame(names(batch.entries).slice(0, 2), ['d-many', 'd-1000'])
})

void t.test('an entry about a call owns up as well', async (t) => {
  const fields = { time: '', kind: 'completion', decision_id: 'd-1', outcome: 'failed' } as const
  const body = new CallEntry({ ...fields, code: undefined }, (out) => out.text('"a":1'))
  const [first] = bodiesOf({ entries: [{ body, settle: undefined }], dropped: 3 })
  t.strictSame(JSON.parse(JSON.stringify(first)), { a: 1, dropped_entries: 3 })
  t.equal(bodiesOf({ entries: [{ body, settle: undefined }], dropped: 0 })[0], body)
})
