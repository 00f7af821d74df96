import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { loadConfiguration, loadPolicy } from '../../src/config/load.ts'
import { limitsWith } from '../support/limits.ts'
import { issuerSettings } from '../support/issuer-settings.ts'
import { linesOf } from '../support/config-text.ts'

const service = `version: 1
listen: { address: 127.0.0.1:0, plaintext: true }
upstream: { address: "\${UPSTREAM}", plaintext: true }
issuers:
  gitlab: { kind: gitlab, url: https://gitlab.com, audience: https://sallyport.test }
policy: policy.yaml
audit: { directory: ./audit }
`
const policy = `version: 1
machines:
  - name: ledger-main
    issuer: gitlab
    match: { project_id: 48210377, ref: main, ref_type: branch }
    grants:
      - { namespace: payments, role: viewer }
`
const environment = { UPSTREAM: 'temporal:7233' }

/** Loads files with these contents; a null file is not there. */
async function load(t: Test, files: { service?: string; policy?: string | null } = {}) {
  const directory = t.testdir({})
  const file = join(directory, 'sallyport.yaml')
  writeFileSync(file, files.service ?? service)
  const policyText = files.policy === undefined ? policy : files.policy
  if (policyText !== null) writeFileSync(join(directory, 'policy.yaml'), policyText)
  const loaded = await loadConfiguration({ file, environment })
  const lines = loaded.ok ? [] : linesOf(loaded.problems)
  return {
    directory,
    file,
    loaded,
    lines: lines.map((line) => line.replaceAll(`${directory}/`, '')),
  }
}

void t.test('a service file and its policy become settings and rules that decide', async (t) => {
  const { loaded, directory } = await load(t)
  if (!loaded.ok) throw new Error('not loaded')
  t.equal(loaded.settings.upstream.address, 'temporal:7233')
  t.equal(loaded.settings.policyFile, join(directory, 'policy.yaml'))
  t.strictSame(loaded.settings.listen, {
    host: '127.0.0.1',
    port: 0,
    tls: undefined,
    limits: limitsWith(),
  })
  t.match(loaded.policy.rules, [{ name: 'ledger-main', issuer: 'gitlab' }])
  t.strictSame(loaded.warnings, [])
})

void t.test(
  "the service file's hash is that of its bytes, not of what variables make of it",
  async (t) => {
    for (const text of [service, `${service}# Grün\r\n`]) {
      const { loaded } = await load(t, { service: text })
      const digest = createHash('sha256').update(text).digest('hex')
      t.match(loaded, { ok: true, configHash: `sha256:${digest}` })
    }
  },
)

void t.test("the policy's hash is the SHA-256 of the bytes of its file", async (t) => {
  for (const text of [policy, `${policy}# Grün\r\n`, '\ufeffversion: 1\n']) {
    const { loaded } = await load(t, { policy: text })
    const digest = createHash('sha256').update(text).digest('hex')
    t.match(loaded, { ok: true, policy: { hash: `sha256:${digest}` } })
  }
})

void t.test('another policy may take the place of the one that is named', async (t) => {
  const { file, directory } = await load(t, { policy: null })
  const policyFile = join(directory, 'other.yaml')
  writeFileSync(policyFile, policy.replace('ledger-main', 'other'))
  const loaded = await loadConfiguration({ file, environment, policyFile })
  t.match(loaded, { ok: true, settings: { policyFile }, policy: { rules: [{ name: 'other' }] } })
})

void t.test('every problem of both files is told at once', async (t) => {
  const { lines } = await load(t, {
    service: service
      .replace('UPSTREAM', 'NOT_SET')
      .replace(
        'address: "${NOT_SET}"',
        'address: temporal:7233, tls: { server_name: "${NOT_SET}" }',
      )
      .replace('audience: https', 'jwks_file: gone, audience: https'),
    policy: policy.replace('project_id', 'projct_id').replace('issuer: gitlab', 'issuer: gitlap'),
  })
  t.strictSame(lines, [
    'sallyport.yaml:3:57: the environment variable NOT_SET is not set; set it, or write the value here [environment-unset]',
    'sallyport.yaml:3:11 upstream: has both tls and plaintext; keep one of them [transport-choice]',
    'sallyport.yaml:5:63 issuers.gitlab.jwks_file: names gone, which cannot be read (ENOENT) [file-unreadable]',
    'policy.yaml:4:13 machines[0].issuer: is not an issuer in the service file; did you mean gitlab? [issuer-unknown]',
    'policy.yaml:5:14 machines[0].match.projct_id: is not a claim that rules can test; did you mean project_id? [claim-unknown]',
  ])
})

void t.test(
  'a service file with problems is no reason not to look at the policy, nor the reverse',
  async (t) => {
    const badService = service.replace('audience: https', 'jwks_file: gone, audience: https')
    const badPolicy = policy.replace('project_id', 'projct_id')
    const inService =
      'sallyport.yaml:5:63 issuers.gitlab.jwks_file: names gone, which cannot be read (ENOENT) [file-unreadable]'
    const inPolicy = [
      'policy.yaml:5:5 machines[0].match: names no tenant; strangers have tokens of this issuer; pin project_id or namespace_id, or use under [tenant-unpinned]',
      'policy.yaml:5:14 machines[0].match.projct_id: is not a claim that rules can test; did you mean project_id? [claim-unknown]',
    ]
    t.strictSame((await load(t, { service: badService })).lines, [inService])
    t.strictSame((await load(t, { policy: badPolicy })).lines, inPolicy)
    t.strictSame((await load(t, { service: badService, policy: badPolicy })).lines, [
      inService,
      ...inPolicy,
    ])
  },
)

void t.test('problems of the shape come with those of the environment', async (t) => {
  const text = service.replace('UPSTREAM', 'NOT_SET').replace('kind: gitlab', 'kind: github')
  t.strictSame((await load(t, { service: text })).lines, [
    'sallyport.yaml:3:22: the environment variable NOT_SET is not set; set it, or write the value here [environment-unset]',
    'sallyport.yaml:3:22 upstream.address: is not an address; write host:port, such as 127.0.0.1:7443 [value-invalid]',
    'sallyport.yaml:5:19 issuers.gitlab.kind: is not a kind of issuer; write gitlab [value-invalid]',
  ])
})

void t.test('a file that is not there is told by its name', async (t) => {
  t.strictSame((await load(t, { policy: null })).lines, [
    'policy.yaml: cannot be read (ENOENT); check the path [file-unreadable]',
  ])
  const file = join(t.testdir({}), 'gone.yaml')
  t.match(await loadConfiguration({ file, environment }), {
    ok: false,
    problems: [{ file, path: '', message: 'cannot be read (ENOENT); check the path' }],
  })
})

void t.test('of a file whose syntax is broken, nothing else is said', async (t) => {
  const broken = `${policy}    grants: []\nrules: [`
  t.match((await load(t, { policy: broken })).lines, [
    /^policy\.yaml:8:5: this key occurs twice/,
    /^policy\.yaml:9:9: not valid YAML/,
  ])
  const twice = await load(t, { service: `${service}policy: other.yaml\n`, policy: null })
  t.strictSame(twice.lines, [
    'sallyport.yaml:8:1: this key occurs twice; keep one of them [yaml-duplicate-key]',
  ])
})

void t.test('a policy is not changed by the environment', async (t) => {
  const { loaded } = await load(t, { policy: policy.replace('ref: main', 'ref: "${UPSTREAM}"') })
  if (!loaded.ok) throw new Error('not loaded')
  t.strictSame(loaded.policy.rules[0]?.match.get('ref'), {
    operator: 'exact',
    value: '${UPSTREAM}',
  })
})

void t.test('only claims that mean something to rules can be tested', async (t) => {
  for (const [claim, isKnown] of Object.entries({
    runner_id: true,
    project_path: true,
    environment: true,
    sub: false,
    aud: false,
    user_email: false,
    groups_direct: false,
  })) {
    const { loaded } = await load(t, { policy: policy.replace('ref:', `${claim}:`) })
    t.equal(loaded.ok, isKnown, claim)
  }
})

void t.test('a policy can be loaded alone, for the issuers that there are', async (t) => {
  const file = join(t.testdir({ 'policy.yaml': policy }), 'policy.yaml')
  const own = issuerSettings('https://gitlab.acme.example', { name: 'gitlab' })
  t.match(await loadPolicy({ file, issuers: [own] }), {
    ok: true,
    policy: { rules: [{ name: 'ledger-main' }] },
  })
  t.match(await loadPolicy({ file, issuers: [{ ...own, name: 'other' }] }), {
    ok: false,
    problems: [{ file, line: 4, column: 13, path: 'machines[0].issuer' }],
  })
})

const withWarning = policy.replace('role: viewer', 'role: starter')
const warning =
  'policy.yaml:7:38 machines[0].grants[0].role: warning: grants start to jobs that anybody who can push may write; add ref_protected: true, or an environment with environment_protected: true [write-unprotected]'

void t.test('warnings keep nothing from loading, and come with what loaded', async (t) => {
  const { loaded, directory } = await load(t, { policy: withWarning })
  if (!loaded.ok) throw new Error('not loaded')
  t.strictSame(
    linesOf(loaded.warnings).map((line) => line.replace(`${directory}/`, '')),
    [warning],
  )
})

void t.test('where there are errors, warnings are among the problems', async (t) => {
  const text = service.replace('audience: https', 'jwks_file: gone, audience: https')
  const { lines } = await load(t, { service: text, policy: withWarning })
  t.equal(lines.length, 2)
  t.equal(lines[1], warning)
})

void t.test('a policy that is named is looked at though the service file is no use', async (t) => {
  const directory = t.testdir({ 'good.yaml': withWarning, 'bad.yaml': 'version: 2' })
  const codes = async (policyFile?: string) => {
    const file = join(directory, 'gone.yaml')
    const named = policyFile === undefined ? {} : { policyFile: join(directory, policyFile) }
    const loaded = await loadConfiguration({ file, environment, ...named })
    return loaded.ok ? [] : loaded.problems.map(({ code }) => code)
  }
  t.strictSame(await codes(), ['file-unreadable'])
  t.strictSame(await codes('good.yaml'), ['file-unreadable', 'write-unprotected'])
  t.strictSame(await codes('bad.yaml'), ['file-unreadable', 'value-invalid'])
})

void t.test('without issuers, those that rules and denials name are taken as known', async (t) => {
  const denials =
    'denials:\n  - { name: a, issuer: other, match: { user_id: 1 } }\n  - { name: b, match: { user_id: 2 } }\n'
  const unpinned = policy.replace('project_id: 48210377, ', '') + denials
  const file = join(t.testdir({ 'policy.yaml': unpinned }), 'policy.yaml')
  t.match(await loadPolicy({ file }), { ok: true, warnings: [{ code: 'project-unnamed' }] })
})
