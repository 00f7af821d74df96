import { spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import t from 'tap'
import { stringify } from 'yaml'
import { freePort } from '../../src/demo/free-port.ts'
import { waitUntil } from '../../src/demo/wait-until.ts'
import { copiesOf, readDockerfile, textsOf } from '../support/dockerfile.ts'
import { outsideTap, root, runOutsideTap } from '../support/outside-tap.ts'

// npm installs the production packages from the registry.
t.setTimeout(240_000)

const { build, runtime } = await readDockerfile()

const checkout = join(t.testdir(), 'build')
const tree = join(t.testdirName, 'app')
await assemble()
const files = await filesOf(tree)
const manifest = JSON.parse(await readFile(join(tree, 'package.json'), 'utf8'))

/** Does what the build stage of the Dockerfile does, with packages that are installed already. */
async function assemble(): Promise<void> {
  for (const { source, target } of copiesOf(build)) {
    await cp(join(root, source), join(checkout, target), { recursive: true })
  }
  await symlink(join(root, 'node_modules'), join(checkout, 'node_modules'))
  const [install, script = ''] = textsOf(build, 'RUN')
  if (!install?.startsWith('npm ci ')) throw new Error(`not an install: ${install}`)
  await runOutsideTap(checkout, 'sh', '-c', script.replace('/image', tree))
}

async function filesOf(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .sort()
}

/** Starts the image's own command line, with the paths of this machine in place of the image's. */
function start(...args: readonly string[]) {
  const [node, flag, main] = JSON.parse(textsOf(runtime, 'ENTRYPOINT')[0]!) as [
    string,
    string,
    string,
  ]
  t.equal(node, '/nodejs/bin/node')
  const [env, ...flags] = outsideTap
  const command = [process.execPath, flag, main.replace(/^\/app/, tree), ...args]
  const child = spawn(env, [...flags, ...command], {
    cwd: tree,
    env: { NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  t.teardown(() => child.kill('SIGKILL'))
  const lines: string[] = []
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line))
  const complaints: string[] = []
  createInterface({ input: child.stderr }).on('line', (line) => complaints.push(line))
  const ended = once(child, 'close').then(([code]) => code as number | null)
  return { child, lines, complaints, ended }
}

async function statusOf(url: string): Promise<number | undefined> {
  return fetch(url).then(
    (response) => response.status,
    () => undefined,
  )
}

void t.test('the tree holds these and nothing else', async (t) => {
  const entries = await readdir(tree)
  t.same(entries.sort(), ['LICENSE', 'config', 'dist', 'node_modules', 'package.json'])
})

void t.test('every source is there, compiled', async (t) => {
  const sources = (await filesOf(join(root, 'src'))).filter((file) => /(?<!\.d)\.ts$/.test(file))
  const compiled = sources.map((file) => `dist/${file.replace(/\.ts$/, '.js')}`)
  t.same(
    files.filter((file) => file.startsWith('dist/')),
    compiled.sort(),
  )
})

void t.test('the packages are those that production needs', async (t) => {
  const locked = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')).packages
  const shipped = Object.keys(
    JSON.parse(await readFile(join(tree, 'node_modules/.package-lock.json'), 'utf8')).packages,
  )
  t.same(
    shipped.filter((path) => locked[path].dev || locked[path].devOptional),
    [],
  )
  const names = shipped.map((path) => path.replace(/^.*node_modules\//, ''))
  const elsewhere = /^(@temporalio\/.*|oidc-provider|selfsigned|tap|typescript)$/
  t.strictSame(
    names.filter((name) => elsewhere.test(name)),
    [],
  )
  for (const name of Object.keys(manifest.dependencies)) t.ok(names.includes(name), name)
})

void t.test('no source, source map, test or key is shipped', async (t) => {
  const unwanted = files.filter((file) =>
    /\.([cm]?ts|map|pem|key|crt|p12|tsbuildinfo|test\.js)$|(^|\/)(tests?|__tests__)\/|\.env$/.test(
      file,
    ),
  )
  t.same(unwanted, [])
})

void t.test('the tree is not written over one that is there', async (t) => {
  const again = runOutsideTap(checkout, 'sh', 'scripts/assemble-image-tree.sh', tree)
  await t.rejects(again, /is not empty; name a new directory/)
})

void t.test('the version is that of package.json', async (t) => {
  const { lines, ended } = start('--version')
  t.equal(await ended, 0)
  t.match(lines.join('\n'), manifest.version)
})

void t.test('the help works, although the packages of the demo are not there', async (t) => {
  const { lines, ended } = start('--help')
  t.equal(await ended, 0)
  t.match(lines.join('\n'), /serve/)
})

void t.test('it serves without upstream or issuer, and stops when told to', async (t) => {
  const directory = t.testdir()
  const opsPort = await freePort()
  const config = await writeConfig(directory, opsPort)
  const [serve, ...flags] = JSON.parse(textsOf(runtime, 'CMD')[0]!) as string[]
  t.same([serve, ...flags], ['serve', '--config', '/etc/sallyport/sallyport.yaml'])

  const { child, lines, complaints, ended } = start('serve', '--config', config)
  const ops = `http://127.0.0.1:${opsPort}`
  const gone = ended.then((code) => {
    throw new Error(
      `ended with ${code} before it was live: ${[...lines, ...complaints].join('\n')}`,
    )
  })
  const live = waitUntil({
    probe: () => statusOf(`${ops}/livez`),
    timeoutMs: 20_000,
    signal: new AbortController().signal,
  })
  t.equal(await Promise.race([live, gone]), 200)
  t.equal(await statusOf(`${ops}/readyz`), 503, 'nobody listens at the upstream address')

  const asked = performance.now()
  child.kill('SIGTERM')
  t.equal(await ended, 0)
  t.ok(performance.now() - asked < 25_000, 'within the bound on draining')
  t.same(complaints, [])
  t.ok(lines.length > 0)
  for (const line of lines) t.type(JSON.parse(line).time, 'string', line)
  t.same(
    await filesOf(tree),
    files,
    'it wrote nothing beside itself: the file system may be read-only',
  )
})

async function writeConfig(directory: string, opsPort: number): Promise<string> {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'test', alg: 'RS256', use: 'sig' }
  await mkdir(join(directory, 'audit'))
  await writeFile(join(directory, 'jwks.json'), JSON.stringify({ keys: [jwk] }))
  const policy = {
    version: 1,
    machines: [
      {
        name: 'ledger-main',
        issuer: 'gitlab',
        match: { project_id: '48210377', ref_type: 'branch', ref: 'main', ref_protected: true },
        grants: [{ namespace: 'payments', role: 'starter' }],
      },
    ],
  }
  await writeFile(join(directory, 'policy.yaml'), stringify(policy))
  const config = {
    version: 1,
    listen: { address: `127.0.0.1:${await freePort()}`, plaintext: true },
    upstream: {
      address: `127.0.0.1:${await freePort()}`,
      plaintext: true,
      credential: 'none',
    },
    issuers: {
      gitlab: {
        kind: 'gitlab',
        url: 'https://gitlab.example.com',
        audience: 'https://sallyport.example.com',
        max_age: '1h',
        jwks_file: 'jwks.json',
      },
    },
    policy: 'policy.yaml',
    audit: { directory: './audit', durability: 'synced' },
    ops: { address: `127.0.0.1:${opsPort}` },
  }
  const file = join(directory, 'sallyport.yaml')
  await writeFile(file, stringify(config))
  return file
}
