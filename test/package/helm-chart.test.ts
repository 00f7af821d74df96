import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { writeCertificates } from '../../src/demo/certificates.ts'
import { readDockerfile, textsOf } from '../support/dockerfile.ts'
import { chart, findKubeTools, type KubeObject } from '../support/helm.ts'
import { root, runOutsideTap } from '../support/outside-tap.ts'

// Where the tools are not cached yet, Go compiles them.
t.setTimeout(600_000)

const { tools, missing } = await findKubeTools()
const options = { skip: missing }
const names = (await readdir(join(chart, 'ci'))).sort()
const ci = (name: string): string => join(chart, 'ci', `${name}-values.yaml`)
const everything = ci('mtls-everything')
const trial = ci('trial')
const inCluster = ci('plaintext-upstream')

void t.test('the chart is of the version that package.json has', async (t) => {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  const { appVersion } = parse(await readFile(join(chart, 'Chart.yaml'), 'utf8'))
  t.equal(appVersion, version)
})

for (const name of names) {
  const values = join(chart, 'ci', name)

  void t.test(`${name}: lints, and Kubernetes knows every field`, options, async (t) => {
    await tools.helm('lint', '--strict', chart, '--values', values)
    const { manifest, objects } = await tools.render([values])
    await t.resolves(tools.conform(manifest))
    t.notOk(
      objects.some(({ kind }) => kind === 'Secret'),
      'secrets are only referred to',
    )
  })

  void t.test(`${name}: Sallyport accepts the configuration`, options, async (t) => {
    const { find } = await tools.render([values])
    const directory = t.testdir()
    await writeVolume(directory, find)
    const file = join(directory, 'sallyport.yaml')
    await t.resolves(runOutsideTap(root, 'node', 'src/main.ts', 'check', '--config', file))
  })

  void t.test(`${name}: the pod can do little`, options, async (t) => {
    const pod = podOf(await tools.render([values]))
    t.equal(pod.automountServiceAccountToken, false)
    t.match(pod.securityContext, { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } })
    t.same(pod.containers[0].securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    })
  })
}

/** Lays out the config volume as the kubelet would, with made-up secrets. */
async function writeVolume(
  directory: string,
  find: (kind: string, name?: string) => KubeObject,
): Promise<void> {
  const { data } = find('ConfigMap')
  const sources: KubeObject[] = podOf({ find }).volumes[0].projected.sources
  const { caFile, certFile, keyFile } = await writeCertificates(directory)
  const contents = async (path: string): Promise<string> => {
    if (path in data) return data[path]
    if (path.startsWith('ca/')) return readFile(caFile, 'utf8')
    if (path.endsWith('tls.crt')) return readFile(certFile, 'utf8')
    if (path.endsWith('tls.key')) return readFile(keyFile, 'utf8')
    return 'not-an-api-key'
  }
  for (const { items } of sources.map((source) => source.configMap ?? source.secret)) {
    for (const { path } of items) {
      await mkdir(dirname(join(directory, path)), { recursive: true })
      await writeFile(join(directory, path), await contents(path))
    }
  }
}

function podOf({ find }: { readonly find: (kind: string) => KubeObject }): KubeObject {
  return find('StatefulSet').spec.template.spec
}

void t.test('a misspelt field of Kubernetes would be found', options, async (t) => {
  const { manifest } = await tools.render([everything])
  const misspelt = manifest.replace('readOnlyRootFilesystem', 'readOnlyRootFileSystem')
  await t.rejects(tools.conform(misspelt), /readOnlyRootFileSystem/)
})

const refused: readonly (readonly [what: string, expected: RegExp, ...sets: string[]])[] = [
  ['an unknown value', /'lisen' not allowed/, '--set=lisen.tlsSecret=a'],
  ['no TLS and no word about it', /listen.tlsSecret is missing/, '--set=listen.plaintext=false'],
  ['TLS and plaintext at once', /exclude each other/, '--set=listen.tlsSecret=a'],
  ['no upstream', /config.upstream.address is missing/, '--set=config.upstream.address='],
  ['no issuer', /config.issuers is empty/, '--set=config.issuers=null'],
  ['no policy', /policy is empty/, '--set=policy=null'],
  ['a config that is no YAML', /config is not valid YAML/, '--set-json=config="a: ["'],
  ['what the chart writes', /config.listen is written by the chart/, '--set=config.listen.x=1'],
  ['an audit directory', /config.audit.directory is written/, '--set=config.audit.directory=/x'],
  ['a key in the clear', /in the clear/, '--set=upstream.apiKeySecret.name=a'],
  ['CA bundles without names', /caConfigMap.keys is empty/, '--set=caConfigMap.name=a'],
  ['too little time to drain', /must be more than/, '--set=terminationGracePeriodSeconds=30'],
]

for (const [what, expected, ...sets] of refused) {
  void t.test(`${what} is refused, with what to do`, options, async (t) => {
    await t.rejects(tools.render([trial], ...sets), expected)
  })
}

void t.test('ports, user and arguments are those of the image', options, async (t) => {
  const { runtime } = await readDockerfile()
  const { find } = await tools.render([inCluster])
  const pod = podOf({ find })
  const [container] = pod.containers
  const ports = container.ports.map((one: KubeObject) => one.containerPort)
  t.same(textsOf(runtime, 'EXPOSE'), [ports.join(' ')])
  const config = parse(find('ConfigMap').data['sallyport.yaml'])
  t.same(
    [config.listen.address, config.ops.address],
    ports.map((port: number) => `0.0.0.0:${port}`),
  )
  t.same(container.args, JSON.parse(textsOf(runtime, 'CMD')[0]!))
  const { runAsUser, runAsGroup } = pod.securityContext
  t.same(textsOf(runtime, 'USER'), [`${runAsUser}:${runAsGroup}`])
})

void t.test('each replica keeps a journal of its own, which outlives it', options, async (t) => {
  const { spec } = (await tools.render([inCluster])).find('StatefulSet')
  t.match(spec.volumeClaimTemplates, [{ metadata: { name: 'audit' } }])
  t.same(spec.persistentVolumeClaimRetentionPolicy, { whenDeleted: 'Retain', whenScaled: 'Retain' })
  t.equal(spec.serviceName, 'sallyport-replicas')
  const volatile = (await tools.render([trial])).find('StatefulSet').spec
  t.notOk(volatile.volumeClaimTemplates)
  t.match(volatile.template.spec.volumes, [{ name: 'config' }, { name: 'audit', emptyDir: {} }])
})

void t.test('a change of config or policy starts new pods', options, async (t) => {
  const sums = async (...sets: string[]): Promise<KubeObject> =>
    (await tools.render([inCluster], ...sets)).find('StatefulSet').spec.template.metadata
      .annotations
  const before = await sums()
  const config = await sums('--set=config.upstream.address=elsewhere:7233')
  const policy = await sums('--set=policy.machines[0].name=other')
  t.not(config['checksum/config'], before['checksum/config'])
  t.equal(config['checksum/policy'], before['checksum/policy'])
  t.not(policy['checksum/policy'], before['checksum/policy'])
  t.equal(policy['checksum/config'], before['checksum/config'])
})

void t.test('a policy that is a string keeps its comments', options, async (t) => {
  const { find } = await tools.render([ci('cloud-api-key')])
  t.match(find('ConfigMap').data['policy.yaml'], '# The comment stays.')
})

void t.test('secrets reach Sallyport as files of one volume', options, async (t) => {
  const { find } = await tools.render([everything])
  const config = parse(find('ConfigMap').data['sallyport.yaml'])
  t.same(config.listen.tls, { cert_file: 'listen/tls.crt', key_file: 'listen/tls.key' })
  t.same(config.upstream.tls, {
    ca_file: 'ca/temporal.crt',
    server_name: 'temporal-frontend',
    cert_file: 'upstream/tls.crt',
    key_file: 'upstream/tls.key',
  })
  const cloud = (await tools.render([ci('cloud-api-key')])).find('ConfigMap')
  const { upstream } = parse(cloud.data['sallyport.yaml'])
  t.same(upstream.credential, { api_key_file: 'upstream/api-key' })
})

void t.test('services say what they carry, and ops is apart', options, async (t) => {
  const { find } = await tools.render([inCluster])
  const [grpc] = find('Service', 'sallyport').spec.ports
  t.match(grpc, { name: 'grpc', port: 7443, appProtocol: 'https' })
  t.equal(find('Service', 'sallyport-replicas').spec.clusterIP, 'None')
  t.match(find('Service', 'sallyport-ops').spec, { type: 'ClusterIP', ports: [{ port: 9443 }] })
  const plain = (await tools.render([trial])).find('Service', 'sallyport').spec.ports[0]
  t.equal(plain.appProtocol, 'kubernetes.io/h2c')
})

void t.test('endpoints go before the process does', options, async (t) => {
  const pod = podOf(await tools.render([inCluster]))
  const { sleep } = pod.containers[0].lifecycle.preStop
  t.ok(sleep.seconds > 0)
  t.ok(pod.terminationGracePeriodSeconds > sleep.seconds + 25)
})

void t.test('what is optional is there when asked for', options, async (t) => {
  const some = await tools.render([trial])
  for (const kind of ['PodDisruptionBudget', 'NetworkPolicy', 'ServiceAccount']) {
    t.notOk(some.find(kind), kind)
  }
  const all = await tools.render([everything])
  t.equal(all.find('PodDisruptionBudget').spec.maxUnavailable, 1)
  t.equal(all.find('ServiceAccount').automountServiceAccountToken, false)
  t.same(all.find('NetworkPolicy').spec.policyTypes, ['Ingress', 'Egress'])
  t.match(podOf(all).containers[0].image, /^registry\.example\.com\/sallyport@sha256:/)
})

void t.test('nobody may read the ops port unless named', options, async (t) => {
  const closed = await tools.render([inCluster], '--set=networkPolicy.enabled=true')
  const { policyTypes, ingress } = closed.find('NetworkPolicy').spec
  t.same(policyTypes, ['Ingress'])
  t.same(ingress, [{ ports: [{ port: 'grpc' }] }])
})
