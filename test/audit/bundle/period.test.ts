import t from 'tap'
import { createPeriodFinder } from '../../../src/audit/bundle/period.ts'

const minute = (text: string) => Date.parse(`2026-11-23T${text}:00.000Z`)
const hashes = { policy_hash: 'sha256:one' }

/** Entries in short: a time and a kind, with `*` for a checkpoint that holds, numbered from 11. */
function find(text: string, from: string, to: string) {
  const finder = createPeriodFinder({ from: minute(from), to: minute(to) })
  for (const [index, step] of text.split(', ').entries()) {
    const [time = '', what = 'start'] = step.split(' ')
    const seq = 11 + index
    const isSigned = what === '*'
    const fields: Record<string, object> = {
      '*': { kind: 'checkpoint', note: `note ${seq}\n` },
      allow: { kind: 'decision', outcome: 'allowed', ...hashes },
      refuse: { kind: 'decision', outcome: 'refused', policy_hash: `sha256:${seq}` },
      end: { kind: 'completion', outcome: 'completed' },
      whole: { kind: 'completion', level: 'completion', ...hashes },
    }
    const entry = { ...fields[what] } as Record<string, unknown>
    const kind = typeof entry['kind'] === 'string' ? entry['kind'] : what
    const written = { digest: `d${seq}`, segment: 's', begin: index, end: index + 1, isSigned }
    const line = { seq, prev: `d${seq - 1}`, kind, time: `2026-11-23T${time}:00.000Z`, entry }
    finder.take(line, written)
  }
  return finder.finish()
}

void t.test('a range begins before the period and ends with a checkpoint behind it', async (t) => {
  const range = find(
    '09:00, 09:01 *, 09:01, 09:02 allow, 09:03 end, 09:04 *, 09:05 *, 09:06 *',
    '09:02',
    '09:04',
  )
  t.match(range, { start: { seq: 12, prev: 'd11' }, end: { seq: 17 }, isClosed: true })
  t.match(range, {
    first: 14,
    last: 15,
    allowed: 1,
    refused: 0,
    kinds: { decision: 1, completion: 1 },
  })
  t.strictSame(range?.checkpoints, ['note 17\n'])
})

void t.test(
  'an entry from before the period is no beginning, since times do not ascend',
  async (t) => {
    const range = find('09:00 *, 09:02 refuse, 09:01 allow, 09:03 *, 09:05 *', '09:02', '09:04')
    t.match(range, { start: { seq: 11 }, refused: 1 })
    t.match(find('09:00, 09:02 refuse, 09:05 *', '09:02', '09:04'), { start: { seq: 11 } })
  },
)

void t.test('a stop behind the period settles it at once', async (t) => {
  const period = ['09:02', '09:04'] as const
  t.match(find('09:02 allow, 09:04 stop, 09:04 *', ...period), {
    isClosed: true,
    end: { seq: 13 },
  })
  t.match(find('09:02 allow, 09:03 stop, 09:03 *', ...period), { isClosed: false })
  t.match(find('09:02 allow, 09:04 stop, 09:04 start, 09:04 *', ...period), { isClosed: false })
})

void t.test('entries that come late are in it', async (t) => {
  const range = find('09:02 allow, 09:04 *, 09:05, 09:03 end, 09:05 *, 09:06 *', '09:02', '09:04')
  t.match(range, { start: { seq: 11 }, end: { seq: 15 }, isClosed: true, last: 14 })
})

void t.test('checkpoints are thinned to the last of each hour', async (t) => {
  const range = find('09:00 *, 09:30 *, 10:00 *, 10:15 *, 11:00 *, 11:05 *', '09:00', '11:00')
  t.strictSame(range?.checkpoints, ['note 12\n', 'note 14\n', 'note 16\n'])
})

void t.test('without a checkpoint behind it, it goes on to the end and is open', async (t) => {
  const range = find('09:00 *, 09:02 allow, 09:05 end', '09:01', '09:04')
  t.match(range, { start: { seq: 11 }, end: { seq: 13 }, isClosed: false, checkpoints: [] })
})

void t.test('what is counted is what is in the period', async (t) => {
  const range = find(
    '09:00 allow, 09:01 refuse, 09:01 allow, 09:02 whole, 09:04 refuse, 09:04 *',
    '09:01',
    '09:04',
  )
  t.match(range, { allowed: 2, refused: 1, kinds: { completion: 1, decision: 2 } })
  t.strictSame(Object.keys(range?.kinds ?? {}), ['completion', 'decision'])
  t.strictSame(range?.policyHashes, ['sha256:12', 'sha256:one'])
})

void t.test('policies behind the range do not count', async (t) => {
  const range = find('09:01 allow, 09:05 *, 09:05 refuse', '09:01', '09:04')
  t.strictSame(range?.policyHashes, ['sha256:one'])
})

void t.test('a period without entries has a range that shows it', async (t) => {
  t.match(find('09:00, 09:10 *, 09:20 *', '09:03', '09:05'), {
    start: { seq: 11 },
    end: { seq: 12 },
    isClosed: true,
    first: undefined,
    allowed: 0,
  })
  t.match(find('09:00, 09:01', '09:03', '09:05'), {
    start: { seq: 11 },
    end: { seq: 12 },
    isClosed: false,
  })
  const nothing = createPeriodFinder({ from: 0, to: 1 })
  t.equal(nothing.finish(), undefined)
})
