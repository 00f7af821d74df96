import t from 'tap'
import { callPage } from '../../../src/review/pages/call-page.ts'
import type { CallRecord } from '../../../src/review/review-index.ts'
import { reviewEntries } from '../../support/review-entries.ts'
import { memoryReviewIndex } from '../../support/review-index.ts'
import { flat, textIn } from '../../support/review-page.ts'

const index = memoryReviewIndex(reviewEntries(24))
const ui = 'https://temporal.example'

async function recordOf(at: number): Promise<CallRecord> {
  const record = await index.call(`d-${String(at).padStart(12, '0')}`)
  if (record === undefined) throw new Error('there is no such call')
  return record
}

t.test('a call says what it was, who made it, how it was decided and how it ended', async (t) => {
  const page = flat(callPage(await recordOf(0), ui))
  const text = textIn(page)
  t.match(
    text,
    'StartWorkflowExecution ✓ Completed Decision d-000000000000 , 2026-11-23 09:00:00.000',
  )
  t.match(text, 'What was called Service WorkflowService')
  t.match(text, 'Who called Principal gitlab.com/acme/payments/ledger-workers/-/jobs/11840226751')
  t.match(text, 'Kind machine')
  t.match(text, 'How it was decided Decision allowed Rule that decided ledger-main')
  t.match(
    text,
    'What became of it Outcome completed gRPC status 0 Bytes of the answer 43 Took 17.4 ms',
  )
  t.match(text, 'All 3 claims of the token')
  t.match(text, 'decision, number 2')
  t.match(text, 'completion, number 3')
  t.match(text, 'identity, number 1')
})

t.test('it leads to the job and to the workflow', async (t) => {
  const page = flat(callPage(await recordOf(0), ui))
  t.match(
    page,
    'href="https://gitlab.com/acme/payments/ledger-workers/-/jobs/11840226751" rel="noopener',
  )
  t.match(page, 'href="https://temporal.example/namespaces/payments/workflows/ledger-2071884310"')
})

t.test(
  'a link stands alone where there is only one, and none where neither can be made',
  async (t) => {
    const record = await recordOf(0)
    t.notMatch(flat(callPage(record, undefined)), 'workflow in Temporal')
    const stranger = {
      ...record,
      decision: { ...record.decision, principal: 'javascript:alert(1)' },
    }
    t.notMatch(flat(callPage(stranger, ui)), /job in GitLab|href="javascript/)
    t.notMatch(flat(callPage(stranger, undefined)), 'class="outside"')
  },
)

t.test('a refusal says why, and that nothing was forwarded', async (t) => {
  const text = textIn(flat(callPage(await recordOf(3), ui)))
  t.match(text, '✕ Refused')
  t.match(text, 'Refusal not_granted Reason no rule grants start in this namespace')
  t.match(text, 'Outcome refused: nothing was forwarded')
  t.notMatch(text, 'completion, number')
})

t.test('a call that has not ended says so', async (t) => {
  const text = textIn(flat(callPage(await recordOf(21), ui)))
  t.match(text, 'under way, or its end is not recorded yet')
})

t.test('a call that was open when the process ended has no duration', async (t) => {
  const record = await recordOf(0)
  const completion = {
    seq: 9,
    time: '2026-11-23T09:00:00.000Z',
    outcome: 'unknown',
    detail: 'open',
  }
  const text = textIn(flat(callPage({ ...record, completion }, ui)))
  t.match(text, '? Unknown')
  t.match(text, 'Outcome unknown Reason open Recorded (UTC) 2026-11-23 09:00:00.000')
})

t.test('an entry that is both is shown once', async (t) => {
  const { decision, identity } = await recordOf(0)
  const whole = {
    ...decision,
    kind: 'completion',
    level: 'completion',
    outcome: 'failed',
    decision: 'allowed',
  }
  const text = textIn(flat(callPage({ decision: whole, completion: whole, identity }, ui)))
  t.match(text, '! Failed')
  t.match(text, 'Decision allowed')
  t.notMatch(text, 'completion, number')
})

t.test('a call without an identity or a method is shown by what is known', async (t) => {
  const decision = { seq: 1, decision_id: 'd-1', time: 'x', outcome: 'refused', path: '/<x>' }
  const page = flat(callPage({ decision, completion: undefined, identity: undefined }, ui))
  t.match(page, '<h1><bdi>/&lt;x&gt;</bdi></h1>')
  t.notMatch(page, /claims|identity, number/)
  const bare = { decision: {}, completion: undefined, identity: { claims: null } }
  t.match(flat(callPage(bare, ui)), '<h1><bdi>A call</bdi></h1>')
})

t.test('claims and entries are texts, whatever is in them', async (t) => {
  const record = await recordOf(0)
  const identity = { seq: 1, claims: { '<i>': '<script>', list: ['a'], empty: '' } }
  const page = flat(callPage({ ...record, identity }, ui))
  t.match(page, '<bdi>&lt;i&gt;</bdi></th> <td><bdi>&lt;script&gt;</bdi></td>')
  t.match(page, '&quot;&lt;i&gt;&quot;: &quot;&lt;script&gt;&quot;')
  t.notMatch(page, '<script')
})
