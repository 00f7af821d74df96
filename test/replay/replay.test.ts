import t from 'tap'
import type { Policy } from '../../src/core/policy.ts'
import type { RecordedEntry } from '../../src/core/recorded-call.ts'
import { replay } from '../../src/replay/replay.ts'
import { expiredCall, recordedCall } from '../support/recorded-calls.ts'
import { ledgerPolicy, policyOf } from '../support/tested-policy.ts'

const empty = policyOf('version: 1')

async function* streamed(entries: Iterable<RecordedEntry | undefined>) {
  yield* entries
}

const replayed = (
  entries: Iterable<RecordedEntry | undefined>,
  policy: Policy = ledgerPolicy,
  times: { readonly since?: number; readonly until?: number } = {},
) => replay({ policy, entries: streamed(entries), since: -Infinity, until: Infinity, ...times })

const first = recordedCall({ workflowId: 'ledger-1', at: 1_000 })
const second = recordedCall({ workflowId: 'ledger-2', at: 2_000, id: 'd-2' })

t.test('under the same policy nothing flips', async (t) => {
  t.match(await replayed([first.identity, first.decision, second.decision]), {
    replayed: 2,
    flips: 0,
    groups: [],
    ungrouped: 0,
    firstTime: '1970-01-01T00:00:01.000Z',
    lastTime: '1970-01-01T00:00:02.000Z',
  })
})

t.test('under another policy every call that would come out otherwise is counted', async (t) => {
  const report = await replayed([first.identity, second.decision, first.decision], empty)
  t.match(report, { replayed: 2, flips: 2, groups: [{ count: 2, rule: 'main' }] })
  t.equal(report.firstTime, '1970-01-01T00:00:01.000Z', 'whatever the order of the journals')
})

t.test('what could not be decided on again is counted by why', async (t) => {
  const { needs: _, ...older } = first.decision
  const lost = { ...first.decision, token_sha256: 'another' }
  const entries = [first.identity, older, lost, expiredCall(), expiredCall(), undefined]
  const report = await replayed(entries)
  t.equal(report.replayed, 0)
  t.same([report.firstTime, report.lastTime], [undefined, undefined])
  t.same(Object.fromEntries(report.leftOut), { no_needs: 1, no_identity: 1, before_policy: 2 })
  t.same(Object.fromEntries(report.refusedEarly), { token_expired: 2 })
  t.equal(report.unreadable, 1)
})

t.test('other entries, and identities that say too little, are passed over', async (t) => {
  const { claims: _, ...bare } = first.identity
  const report = await replayed([{ kind: 'start' }, bare, { kind: 'completion' }, first.decision])
  t.same(Object.fromEntries(report.leftOut), { no_identity: 1 })
})

t.test('a time span leaves out what is before it or from its end on', async (t) => {
  const entries = [first.identity, first.decision, second.decision]
  t.match(await replayed(entries, empty, { since: 2_000 }), { replayed: 1, flips: 1 })
  t.match(await replayed(entries, empty, { until: 2_000 }), { replayed: 1, flips: 1 })
  t.match(await replayed(entries, empty, { since: 1_001, until: 2_000 }), { replayed: 0 })
})

t.test(
  'tokens are kept as the recorder keeps them, so that memory is bounded and none is missed',
  async (t) => {
    function* journal() {
      yield first.identity
      for (let index = 0; index < 45_000; index++) {
        yield { ...first.identity, token_sha256: `t-${index}` }
        yield { ...first.decision, token_sha256: `t-${index}` }
        // In use all the time, so the recorder never introduces it again.
        if (index % 1_000 === 0) yield first.decision
      }
      // Not in use for long: the recorder would introduce it again.
      yield { ...first.decision, token_sha256: 't-0' }
    }
    const report = await replayed(journal())
    t.equal(report.replayed, 45_045)
    t.same(Object.fromEntries(report.leftOut), { no_identity: 1 })
  },
)
