import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { loadIssuers, loadIssuersFor } from '../../src/config/load-issuers.ts'
import { viewerPolicy, writePolicyFiles } from '../support/tested-policy.ts'

t.test('certificates and secrets that are not there do not matter', async (t) => {
  const directory = t.testdir()
  const loaded = await loadIssuers(writePolicyFiles(directory, viewerPolicy), {})
  t.match(loaded, {
    ok: true,
    issuers: [{ name: 'gitlab', url: 'https://gitlab.test' }],
    policyFile: join(directory, 'policy.yaml'),
  })
})

t.test('what is wrong with the file is said', async (t) => {
  const file = join(t.testdir(), 'sallyport.yaml')
  t.match(await loadIssuers(file, {}), {
    ok: false,
    problems: [
      { message: 'cannot be read (ENOENT); name the service file with --config', path: '' },
    ],
  })
  writeFileSync(file, 'a: [')
  t.match(await loadIssuers(file, {}), { ok: false, problems: [{ code: 'yaml-syntax' }] })
  writeFileSync(file, 'version: "${UNSET}"\n')
  const codes = await loadIssuers(file, {})
  t.match(codes, { ok: false, problems: [{ code: 'environment-unset' }, {}] })
})

t.test('a policy without a service file brings its issuers with it', async (t) => {
  const directory = t.testdir()
  const config = writePolicyFiles(directory, viewerPolicy)
  const policy = join(directory, 'policy.yaml')
  t.match(await loadIssuersFor({ policy }, {}), {
    ok: true,
    issuers: [{ name: 'gitlab', shared: false }],
    policyFile: policy,
  })
  t.match(await loadIssuersFor({ config }, {}), {
    issuers: [{ url: 'https://gitlab.test' }],
    policyFile: policy,
  })
  const other = join(directory, 'other.yaml')
  t.match(await loadIssuersFor({ config, policy: other }, {}), { ok: true, policyFile: other })
  t.match(await loadIssuersFor({ policy: other }, {}), { ok: true, issuers: [] })
  t.match(await loadIssuersFor({}, {}), { ok: false, problems: [{ file: 'sallyport.yaml' }] })
})
