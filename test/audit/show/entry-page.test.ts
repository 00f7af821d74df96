import t from 'tap'
import { entryPage } from '../../../src/audit/show/entry-page.ts'
import type { JournalEntry } from '../../../src/audit/read-journal.ts'
import type { FoundCall } from '../../../src/audit/show/find-entry.ts'
import type { RecordedEntry } from '../../../src/core/recorded-call.ts'
import { readBack, sampleEntries as samples } from '../../support/sample-entries.ts'

const plain = (_: string, text: string) => text

const stored = (entry: RecordedEntry): JournalEntry => {
  const line = JSON.stringify(entry)
  const seq = Number(entry['seq'])
  return { seq, line, entry: readBack(entry), digest: `digest-${seq}` }
}

function callPage(
  parts: Partial<Record<keyof FoundCall, RecordedEntry>>,
  checkpoint?: RecordedEntry,
) {
  const { decision = samples.allowed, completion, identity } = parts
  const call: FoundCall = {
    decision: stored(decision),
    completion: completion && stored(completion),
    identity: identity && stored(identity),
  }
  return entryPage(
    { found: call.decision, call, checkpoint: checkpoint && stored(checkpoint) },
    plain,
  )
}

t.test('a call is a page: what, who, why, how it ended, and what proves it', async (t) => {
  const { completed, identity, checkpoint } = samples
  const page = callPage({ completion: completed, identity }, checkpoint)
  for (const line of [
    'StartWorkflowExecution payments ledger-2071884310  allowed',
    '  decision    d-7Kq2, entry 4 (01JD0000000000000000000004)',
    '  why         the rule ledger-main as starter',
    '  ended       completed in 17.4 ms, 2026-11-23T09:14:08.113Z, entry 8 (01JD0000000000000000000008)',
    'caller  entry 3 (01JD0000000000000000000003)',
    '  kind       machine',
    '  user_login    dmeyer',
    '  line     SHA-256 digest-3 of entry 3, the identity',
    '  line     SHA-256 digest-4 of entry 4, the decision',
    '  line     SHA-256 digest-8 of entry 8, the completion',
    '  signed   signed with the checkpoint of 2026-11-23T09:14:17.113Z (entry 17 (01JD0000000000000000000017), key 0123abcd)',
    '  checked  not here: run sallyport audit verify',
  ]) {
    t.ok(page.split('\n').includes(line), line)
  }
  t.notMatch(page, 'undefined')
})

t.test(
  'a refused call says its code, its detail and what a candidate would have done',
  async (t) => {
    const page = callPage({ decision: samples.refused })
    t.match(page, /treasury.* refused\n/)
    t.match(page, /why +not_granted\n +detail +no rule grants start in treasury/)
    t.match(page, /shadow +allowed by the candidate sha256:8+ \(wider\)/)
    t.match(page, /keys +overdue for a refresh then/)
    t.match(page, /ended +not forwarded/)
    t.match(page, /claims +its identity entry is not in this journal/)
    t.match(page, /signed +no checkpoint covers it yet/)
    const shadow = { outcome: 'refused', code: 'not_granted', policy_hash: 'h' }
    t.match(
      callPage({ decision: { ...samples.allowed, shadow } }),
      /refused by the candidate h \(not_granted\)/,
    )
  },
)

t.test('what is not known is said not to be', async (t) => {
  t.match(callPage({ decision: samples.unverified }), /claims +nobody knows: no token was verified/)
  t.match(callPage({}), /ended +not yet, or the process was killed/)
  t.match(callPage({ decision: samples.noMethod }), /path +\/grpc.health.v1.Health\/Watch/)
  const bare = { ...samples.allowed, rule: undefined, needs: undefined, verbs: [] }
  t.notMatch(callPage({ decision: bare }), / why | verbs /)
})

t.test('a call with one entry ended with it', async (t) => {
  const page = callPage({ decision: samples.wholeCall, completion: samples.wholeCall })
  t.match(page, /PollWorkflowTaskQueue .* allowed/)
  t.match(page, /ended +cancelled status 4 in 60000 ms/)
  t.equal(page.match(/SHA-256/g)?.length, 1)
})

t.test('an entry that is about no call is shown field by field', async (t) => {
  const found = stored(samples.policy)
  const page = entryPage({ found, call: undefined, checkpoint: undefined }, plain)
  t.match(page, /^policy sha256:8+…: added wider {2}entry 13/)
  t.match(page, /\n {2}added +\{"count":1,"names":\["wider"\]\}\n/)
  t.match(page, /SHA-256 digest-13 of entry 13\n/)
})

t.test('nothing that somebody chose can move the cursor', async (t) => {
  const bad = '\u001b[2J\u202ex\n'
  const hostile = (entry: RecordedEntry) =>
    Object.fromEntries(
      Object.entries(readBack(entry)).map(([name, value]) => [
        name,
        typeof value === 'string' && !['kind', 'outcome', 'decision_id'].includes(name)
          ? bad
          : value,
      ]),
    )
  const claims = { [bad]: bad }
  const identity = { ...hostile(samples.identity), claims, guards: [bad] }
  const calls = [samples.allowed, samples.refused].map(hostile)
  const pages = [
    ...calls.map((decision) =>
      callPage(
        { decision, identity, completion: hostile(samples.failed) },
        hostile(samples.checkpoint),
      ),
    ),
    ...Object.values(samples).map((entry) => {
      const found = stored({ ...hostile(entry), [bad]: bad })
      return entryPage({ found, call: undefined, checkpoint: undefined }, plain)
    }),
  ]
  for (const page of pages) t.notMatch(page, /[^\P{Cc}\n]|\p{Cf}/u)
})
