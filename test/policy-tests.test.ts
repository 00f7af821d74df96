import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { hasTests, runPolicyTests, testFileOf } from '../src/policy-tests.ts'
import { issuerSettings } from './support/issuer-settings.ts'
import { policyOf, viewerPolicy, viewerTests } from './support/tested-policy.ts'

const issuers = [issuerSettings('https://gitlab.test')]

function run(directory: string, tests: string) {
  const file = join(directory, 'policy.test.yaml')
  writeFileSync(file, tests)
  return runPolicyTests({ policy: policyOf(viewerPolicy), issuers, file })
}

t.test('tests that hold let a policy pass', async (t) => {
  t.match(await run(t.testdir(), viewerTests), {
    ran: true,
    ok: true,
    results: [{ passed: true }],
    coverage: { total: 1, covered: 1 },
  })
})

t.test('a test that does not hold fails it', async (t) => {
  const tests = viewerTests.replace('ListWorkflowExecutions', 'DeleteNamespace')
  t.match(await run(t.testdir(), tests), { ran: true, ok: false, results: [{ passed: false }] })
})

t.test('tests that cannot be read fail it too, and say why', async (t) => {
  t.match(await run(t.testdir(), viewerTests.replace('job_id', 'job_ids')), {
    ran: false,
    ok: false,
    problems: [{ code: 'claim-unknown', message: /did you mean job_id\?/ }],
  })
})

t.test('the tests of a policy stand beside it', async (t) => {
  t.equal(testFileOf('/etc/sallyport/policy.yaml'), '/etc/sallyport/policy.test.yaml')
  t.equal(testFileOf('my.policy.yml'), 'my.policy.test.yml')
  t.equal(testFileOf('policy'), 'policy.test.yaml')
})

t.test('tests that are there and cannot be reached are there', async (t) => {
  const directory = t.testdir({ 'policy.yaml': '', 'policy.test.yaml': '', file: '' })
  t.equal(await hasTests(join(directory, 'policy.yaml')), true)
  t.equal(await hasTests(join(directory, 'other.yaml')), false)
  t.equal(await hasTests(join(directory, 'file', 'policy.yaml')), true, 'below a file: ENOTDIR')
})
