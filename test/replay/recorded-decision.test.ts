import t from 'tap'
import { identityOfEntry } from '../../src/core/recorded-call.ts'
import { replayableCall } from '../../src/replay/recorded-decision.ts'
import { methods } from '../../src/temporal/methods.ts'
import { expiredCall, recordedCall } from '../support/recorded-calls.ts'

const methodOf = (service: unknown, name: unknown) =>
  methods.find((method) => method.service === service && method.name === name)

t.test('who called what comes back as it was', async (t) => {
  const { identity, decision, caller } = recordedCall({ workflowId: 'ledger-1' })
  const asked = replayableCall(decision, identityOfEntry(identity), methodOf)
  t.match(asked, {
    identity: { claims: caller.claims, kind: 'machine', tokenDigest: 'd1' },
    call: {
      method: { name: 'StartWorkflowExecution' },
      namespace: 'payments',
      needs: [{ verb: 'start', fields: { workflow_ids: 'ledger-1' } }],
    },
  })
})

t.test('what never came before a policy is said to be so', async (t) => {
  const { identity, decision } = recordedCall()
  t.equal(replayableCall(expiredCall(), undefined, methodOf), 'before_policy')
  const { bytes: _, ...unread } = decision
  t.equal(replayableCall(unread, identityOfEntry(identity), methodOf), 'before_policy')
})

t.test('what the journal does not have is named', async (t) => {
  const { identity, decision } = recordedCall()
  const caller = identityOfEntry(identity)
  t.equal(replayableCall(decision, undefined, methodOf), 'no_identity')
  const { needs: _, ...older } = decision
  t.equal(replayableCall(older, caller, methodOf), 'no_needs')
  t.equal(replayableCall({ ...decision, method: 'Gone' }, caller, methodOf), 'no_needs')
})

t.test('a value that was cut is not taken for the whole', async (t) => {
  const long = 'x'.repeat(5_000)
  const cutId = recordedCall({ workflowId: long })
  t.equal(replayableCall(cutId.decision, identityOfEntry(cutId.identity), methodOf), 'no_needs')
  const cutClaim = recordedCall({ claims: { ref: long } })
  t.equal(
    replayableCall(cutClaim.decision, identityOfEntry(cutClaim.identity), methodOf),
    'value_cut',
  )
  const fits = recordedCall({ workflowId: `${'x'.repeat(1_006)}… (1 characters)` })
  t.not(replayableCall(fits.decision, identityOfEntry(fits.identity), methodOf), 'value_cut')
})
