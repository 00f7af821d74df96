import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { until } from '../support/audit-files.ts'
import { startSallyport, type SallyportOptions } from '../support/sallyport.ts'
import { startUpstream } from '../support/upstream.ts'

const rule = (types: string, name = 'ledger-main') => `
  - name: ${name}
    issuer: gitlab
    match: { project_id: "48210377", ref: main, ref_type: branch, ref_protected: true }
    grants:
      - { namespace: payments, role: starter, workflow_types: [${types}] }
`
const file = (machines: string) => `version: 1\nmachines:\n${machines}`

const start = (type: string) => ({
  namespace: 'payments',
  workflowId: 'ledger-7',
  workflowType: { name: type },
  taskQueue: { name: 'ledger' },
  requestId: 'r-1',
})

async function startReloading(t: Test, others: Partial<SallyportOptions> = {}) {
  const upstream = await startUpstream(() => ({ message: Buffer.from('an answer') }))
  t.teardown(upstream.close)
  const machines = rule('LedgerRollup')
  const sallyport = await startSallyport(t, {
    machines,
    upstreamAddress: upstream.address,
    ...others,
  })
  const caller = sallyport.caller()
  const call = async (type: string) =>
    (await caller.call('StartWorkflowExecution', start(type))).status
  const write = (name: string, text: string) => writeFileSync(join(sallyport.directory, name), text)
  const policies = () => sallyport.entries().filter(({ kind }) => kind === 'policy')
  const decisions = () => sallyport.entries().filter(({ kind }) => kind === 'decision')
  const ready = async () => {
    const response = await fetch(`${sallyport.opsUrl}/readyz`)
    const body = (await response.json()) as { policy_hash: string; checks: { name: string }[] }
    return {
      status: response.status,
      hash: body.policy_hash,
      policy: body.checks.find(({ name }) => name === 'policy'),
    }
  }
  return { sallyport, upstream, call, write, policies, decisions, ready }
}

t.test('another policy takes effect without a restart, and its hash is everywhere', async (t) => {
  const { sallyport, call, write, policies, decisions, ready } = await startReloading(t)
  t.equal(await call('Payout'), 7)
  const { hash: before } = await ready()
  write('policy.yaml', file(rule('Payout') + rule('LedgerRollup', 'other')))
  await until(() => policies().length === 1)
  await until(async () => (await ready()).hash !== before)
  t.equal(await call('Payout'), 0)
  const { hash, status } = await ready()
  t.equal(status, 200)
  t.match(policies(), [
    {
      outcome: 'allowed',
      policy_hash: hash,
      previous_policy_hash: before,
      added: { count: 1, names: ['other'] },
      changed: { count: 1, names: ['ledger-main'] },
    },
  ])
  t.match(decisions(), [
    { outcome: 'refused', policy_hash: before },
    { outcome: 'allowed', policy_hash: hash },
  ])
  const kinds = sallyport.entries().map(({ kind }) => kind)
  t.ok(kinds.indexOf('policy') < kinds.lastIndexOf('decision'))
  const metrics = await sallyport.metrics()
  t.match(metrics, `sallyport_policy_in_force_info{policy_hash="${hash}"} 1`)
  t.match(metrics, 'sallyport_policy_reloads_total{result="applied"} 1')
  t.match(sallyport.log(), hash)
})

t.test('a bad file keeps the last good policy, and says so everywhere', async (t) => {
  const { sallyport, call, write, policies, ready } = await startReloading(t)
  const { hash } = await ready()
  write('policy.yaml', file(rule('LedgerRollup')).replaceAll('role: starter', 'role: starer'))
  await sallyport.service.reload()
  t.equal(await call('LedgerRollup'), 0)
  await until(() => policies().length >= 1)
  t.match(policies()[0], {
    outcome: 'refused',
    policy_hash: hash,
    refused_policy_hash: /^sha256:/,
    problems: { 'role-unknown': 1 },
  })
  t.match(await ready(), { hash, policy: { ready: false, detail: /has 1 problem/ } })
  t.match(sallyport.log(), /policy\.yaml:8:\d+ machines\[0\]\.grants\[0\]\.role.*starter/)
  const metrics = await sallyport.metrics()
  t.match(metrics, /sallyport_policy_reloads_total\{result="refused"\} [1-9]/)
  t.match(metrics, 'sallyport_policy_file_in_force 0')
  write('policy.yaml', file(rule('LedgerRollup')))
  await sallyport.service.reload()
  t.match(await ready(), { hash, policy: { ready: true } })
})

t.test('a policy whose tests fail does not take effect', async (t) => {
  const { sallyport, call, write, policies, ready } = await startReloading(t)
  write(
    'policy.test.yaml',
    `version: 1
identities:
  main: { issuer: gitlab, claims: { project_id: "48210377", job_project_id: "48210377", pipeline_id: 1, job_id: 2, ref: main, ref_type: branch, ref_protected: true } }
tests:
  - name: main starts the rollup
    identity: main
    call: { method: StartWorkflowExecution, namespace: payments, workflow_type: LedgerRollup, task_queue: q, workflow_id: w }
    expect: allowed
`,
  )
  write('policy.yaml', file(rule('Payout')))
  await sallyport.service.reload()
  t.equal(await call('LedgerRollup'), 0)
  await until(() => policies().length >= 1)
  t.match(policies()[0], { outcome: 'refused', problems: { 'test-failed': 1 } })
  t.match(await ready(), { policy: { ready: false } })
  write('policy.yaml', file(rule('Payout, LedgerRollup')))
  await sallyport.service.reload()
  t.equal(await call('Payout'), 0)
})

t.test("Kubernetes' swap of a mounted config map is noticed", async (t) => {
  const { sallyport, call, policies } = await startReloading(t)
  const { directory } = sallyport
  const mount = (version: string, text: string) => {
    mkdirSync(join(directory, version))
    writeFileSync(join(directory, version, 'policy.yaml'), text)
    symlinkSync(version, join(directory, '..data_tmp'))
    renameSync(join(directory, '..data_tmp'), join(directory, '..data'))
  }
  mount('..v1', file(rule('LedgerRollup')))
  rmSync(join(directory, 'policy.yaml'))
  symlinkSync('..data/policy.yaml', join(directory, 'policy.yaml'))
  await sallyport.service.reload()
  t.same(policies(), [], 'the same policy is no news')
  mount('..v2', file(rule('Payout')))
  await until(() => policies().length === 1)
  await until(async () => (await call('Payout')) === 0)
  t.equal(await call('LedgerRollup'), 7)
})

t.test('a candidate is compared with what is in force, recorded, and never obeyed', async (t) => {
  const { sallyport, call, decisions, write } = await startReloading(t, {
    settings: 'policy_candidate: next.yaml\n',
  })
  t.equal(await call('LedgerRollup'), 0, 'a candidate that is not there keeps nobody from calling')
  write('next.yaml', file(rule('Payout', 'next')))
  await sallyport.service.reload()
  t.equal(await call('LedgerRollup'), 0)
  t.equal(await call('Payout'), 7)
  t.equal(await call('Other'), 7)
  const [before, stricter, wider, same] = decisions()
  t.equal(before?.['shadow'], undefined)
  t.match(stricter, {
    outcome: 'allowed',
    shadow: { outcome: 'refused', code: 'not_granted', policy_hash: /^sha256:/ },
  })
  t.match(wider, { outcome: 'refused', shadow: { outcome: 'allowed', rule: 'next' } })
  t.equal(same?.['shadow'], undefined)
  const metrics = await sallyport.metrics()
  t.match(metrics, 'sallyport_shadow_differences_total{from="allowed",to="not_granted"} 1')
  t.match(metrics, 'sallyport_shadow_differences_total{from="not_granted",to="allowed"} 1')
  t.match(metrics, /sallyport_shadow_policy_info\{policy_hash="sha256:/)
})
