import { Registry } from 'prom-client'
import t from 'tap'
import { createPolicyMetrics, type PolicyMeasures } from '../../src/ops/policy-metrics.ts'

function create(first: Partial<PolicyMeasures> = {}) {
  let state: PolicyMeasures = {
    hash: 'sha256:one',
    since: 1_500,
    isFileInForce: true,
    candidate: undefined,
    ...first,
  }
  const registry = new Registry()
  const metrics = createPolicyMetrics(() => state, [registry])
  const lines = async () =>
    (await registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  const set = (next: Partial<PolicyMeasures>) => void (state = { ...state, ...next })
  return { metrics, lines, set }
}

t.test('the policy in force is shown as it is when it is asked for', async (t) => {
  const { lines, set } = create()
  t.same(await lines(), [
    'sallyport_policy_in_force_info{policy_hash="sha256:one"} 1',
    'sallyport_policy_in_force_since_seconds 1.5',
    'sallyport_policy_file_in_force 1',
  ])
  set({ hash: 'sha256:two', since: 3_000, isFileInForce: false })
  t.same(await lines(), [
    'sallyport_policy_in_force_info{policy_hash="sha256:two"} 1',
    'sallyport_policy_in_force_since_seconds 3',
    'sallyport_policy_file_in_force 0',
  ])
})

t.test('a candidate is shown while it is asked', async (t) => {
  const { lines, set } = create({ candidate: { hash: 'sha256:next' } })
  const candidate = async () => (await lines()).filter((line) => line.includes('shadow'))
  t.same(await candidate(), ['sallyport_shadow_policy_info{policy_hash="sha256:next"} 1'])
  set({ candidate: { hash: undefined } })
  t.same(await candidate(), [])
})

t.test('reloads and differences are counted', async (t) => {
  const { metrics, lines } = create()
  metrics.reload('applied')
  metrics.reload('refused')
  metrics.reload('refused')
  metrics.difference({ from: 'allowed', to: 'not_granted' })
  t.same((await lines()).slice(0, 3), [
    'sallyport_policy_reloads_total{result="applied"} 1',
    'sallyport_policy_reloads_total{result="refused"} 2',
    'sallyport_shadow_differences_total{from="allowed",to="not_granted"} 1',
  ])
})
