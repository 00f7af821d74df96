import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { loadConfiguration, loadPolicy } from '../../src/config/load.ts'
import { decide } from '../../src/core/decision.ts'
import { callOf, identityOf } from '../support/decision-parts.ts'
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
    match: { project_id: 48210377, ref: main }
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
  t.strictSame(loaded.settings.listen, { host: '127.0.0.1', port: 0, tls: undefined })
  const call = callOf('ListWorkflowExecutions', { namespace: 'payments' })
  t.match(decide(loaded.policy, identityOf(), call), { allowed: true, rules: ['ledger-main'] })
})

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
    'sallyport.yaml:3:57: the environment variable NOT_SET is not set; set it, or write the value here',
    'sallyport.yaml:3:11 upstream: has both tls and plaintext; keep one of them',
    'sallyport.yaml:5:63 issuers.gitlab.jwks_file: names gone, which cannot be read (ENOENT)',
    'policy.yaml:4:13 machines[0].issuer: is not an issuer in the service file; did you mean gitlab?',
  ])
})

void t.test(
  'a service file with problems is no reason not to look at the policy, nor the reverse',
  async (t) => {
    const badService = service.replace('audience: https', 'jwks_file: gone, audience: https')
    const badPolicy = policy.replace('project_id', 'projct_id')
    const inService =
      'sallyport.yaml:5:63 issuers.gitlab.jwks_file: names gone, which cannot be read (ENOENT)'
    const inPolicy = [
      'policy.yaml:5:14 machines[0].match.projct_id: is not a claim that rules can test; did you mean project_id?',
      'policy.yaml:5:12 machines[0].match: names no tenant; strangers have tokens of this issuer; pin project_id or namespace_id',
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
    'sallyport.yaml:3:22: the environment variable NOT_SET is not set; set it, or write the value here',
    'sallyport.yaml:3:22 upstream.address: is not an address; write host:port, such as 127.0.0.1:7443',
    'sallyport.yaml:5:19 issuers.gitlab.kind: is not a kind of issuer; write gitlab',
  ])
})

void t.test('a file that is not there is told by its name', async (t) => {
  t.strictSame((await load(t, { policy: null })).lines, [
    'policy.yaml: cannot be read (ENOENT); check the path',
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
  t.strictSame(twice.lines, ['sallyport.yaml:8:1: this key occurs twice; keep one of them'])
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
