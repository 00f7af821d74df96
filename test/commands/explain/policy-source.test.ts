import { join } from 'node:path'
import t from 'tap'
import { loadSource } from '../../../src/commands/explain/policy-source.ts'
import { samplePolicy, sourceOf } from '../../support/explain.ts'

const serviceFile = `version: 1
listen: { address: "127.0.0.1:0", tls: { cert_file: none.crt, key_file: none.key } }
upstream: { address: "127.0.0.1:7233", plaintext: true }
issuers:
  gitlab: { kind: gitlab, url: "https://gitlab.example", audience: "\${AUDIENCE}" }
policy: policy.yaml
audit: { directory: audit }
ops: { address: "127.0.0.1:0" }
`

void t.test('a policy alone brings its issuers with it', async (t) => {
  const source = await sourceOf(t)
  t.equal(source.policy.rules.length, 2)
  t.match(source, { isAssumed: true, journal: undefined })
  t.match(source.issuers, [{ name: 'gitlab', kind: 'gitlab', shared: false }])
  t.match(source.placeOf('main'), { line: 3 })
})

void t.test(
  'a service file says whose tokens and which policy, without its certificates',
  async (t) => {
    const directory = t.testdir({
      'sallyport.yaml': serviceFile,
      'policy.yaml': samplePolicy,
      'other.yaml': samplePolicy,
    })
    const configFile = join(directory, 'sallyport.yaml')
    const source = await loadSource({ configFile, policyFile: undefined }, { AUDIENCE: 'aud' })
    t.match(source, {
      isAssumed: false,
      journal: join(directory, 'audit'),
      file: join(directory, 'policy.yaml'),
    })
    t.match(source.issuers, [{ url: 'https://gitlab.example', audience: 'aud', shared: false }])
    const policyFile = join(directory, 'other.yaml')
    t.equal((await loadSource({ configFile, policyFile }, { AUDIENCE: 'aud' })).file, policyFile)
  },
)

void t.test('files that cannot be used are said to be so, with every problem', async (t) => {
  const directory = t.testdir({
    'sallyport.yaml': serviceFile,
    'bad.yaml': 'version: 1\nlisten: 7\n',
    'broken.yaml': 'version: [1\n',
    'policy.yaml': samplePolicy,
    'wrong.yaml': samplePolicy.replace('starter', 'starer'),
    'shapeless.yaml': 'version: 2\n',
  })
  const load = (configFile: string | undefined, policyFile?: string) =>
    loadSource(
      {
        configFile: configFile && join(directory, configFile),
        policyFile: policyFile && join(directory, policyFile),
      },
      {},
    )
  const usage = (message: RegExp) => ({ name: 'UsageError', message })
  await t.rejects(load(undefined), usage(/--policy policy\.yaml cannot be read/))
  await t.rejects(load('none.yaml'), usage(/--config .*none\.yaml cannot be read/))
  await t.rejects(load('sallyport.yaml'), usage(/AUDIENCE is not set/))
  await t.rejects(load('bad.yaml'), usage(/bad\.yaml:2:\d+ listen/))
  await t.rejects(load('broken.yaml'), usage(/not valid YAML/))
  await t.rejects(load(undefined, 'none.yaml'), usage(/--policy .*none\.yaml cannot be read/))
  await t.rejects(load(undefined, 'shapeless.yaml'), usage(/write 1/))
  await t.rejects(
    load(undefined, 'wrong.yaml'),
    usage(/wrong\.yaml:12:\d+ .*did you mean starter\?/),
  )
})
