import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { failingTests, loadTestedPolicy } from '../src/tested-policy.ts'
import { issuerSettings } from './support/issuer-settings.ts'
import { viewerPolicy, viewerTests, writePolicyFiles } from './support/tested-policy.ts'

const issuers = [issuerSettings('https://gitlab.test')]

function load(t: Test, policy: string, tests?: string) {
  const directory = t.testdir()
  writePolicyFiles(directory, policy, tests)
  const file = join(directory, 'policy.yaml')
  return { file, loaded: () => loadTestedPolicy({ file, issuers }) }
}

const hashOf = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`

t.test('a policy loads without tests, and with tests that hold', async (t) => {
  for (const tests of [undefined, viewerTests]) {
    const { loaded } = load(t, viewerPolicy, tests)
    t.match(await loaded(), { ok: true, policy: { hash: hashOf(viewerPolicy) } })
  }
})

t.test('a policy whose tests fail does not load, and each that fails is named', async (t) => {
  const { file, loaded } = load(t, viewerPolicy.replace('"1"', '"2"'), viewerTests)
  const result = await loaded()
  t.match(result, { ok: false, hash: hashOf(viewerPolicy.replace('"1"', '"2"')) })
  t.same(!result.ok && result.faults, [
    {
      code: 'test-failed',
      message: `${file.replace('.yaml', '.test.yaml')}:7:5 main reads: expected allowed by the rule viewers, came refused with not_granted`,
    },
  ])
})

t.test('a policy whose tests cannot be run does not load', async (t) => {
  const { loaded } = load(t, viewerPolicy, 'version: 1\nidentities: {}\ntests: [1]\n')
  const result = await loaded()
  t.match(result, {
    ok: false,
    faults: [{ code: 'value-invalid', message: /policy\.test\.yaml:3:9/ }],
  })
})

t.test('every error of a policy is a fault, with the hash of the file', async (t) => {
  const text = viewerPolicy.replace('viewer }', 'vewer }').replace('gitlab', 'gitlob')
  const { loaded } = load(t, text)
  const result = await loaded()
  t.match(result, { ok: false, hash: hashOf(text) })
  t.same(!result.ok && result.faults.map(({ code }) => code).toSorted(), [
    'issuer-unknown',
    'role-unknown',
  ])
})

t.test('what is only likely not meant is a warning', async (t) => {
  const text = viewerPolicy.replace('role: viewer', 'role: admin')
  const { loaded, file } = load(t, text)
  const result = await loaded()
  t.match(result, { ok: true, warnings: [{ code: 'write-unprotected', message: /policy\.yaml:/ }] })
  if (result.ok) t.same(await failingTests(result.policy, { file, issuers }), [])
})

t.test('a file that is not there has no hash', async (t) => {
  const file = join(t.testdir(), 'nowhere.yaml')
  const missing = await loadTestedPolicy({ file, issuers })
  t.match(missing, { ok: false, hash: undefined, faults: [{ code: 'file-unreadable' }] })
  writeFileSync(file, '')
  t.match(await loadTestedPolicy({ file, issuers }), { ok: false, hash: hashOf('') })
})
