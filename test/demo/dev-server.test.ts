import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { startDevServer } from '../../src/demo/dev-server.ts'
import { runCommand } from '../../src/demo/run-command.ts'
import { SetupFailure } from '../../src/demo/setup-failure.ts'
import { findTemporalCli } from '../../src/demo/temporal-cli.ts'
import { waitUntil } from '../../src/demo/wait-until.ts'
import { writeScript } from '../support/script.ts'

const environment = process.env
const { signal } = new AbortController()
const report = (line: string) => t.comment(line)
const { path: cli } = await findTemporalCli({ environment, report, signal })

async function answers(address: string): Promise<boolean> {
  const [host, port] = address.split(':')
  const socket = connect({ host, port: Number(port) })
  const up = await once(socket, 'connect').then(
    () => true,
    () => false,
  )
  socket.destroy()
  return up
}

/** True as soon as nobody listens any more. */
const falls = (address: string) =>
  waitUntil({
    probe: async () => ((await answers(address)) ? undefined : true),
    timeoutMs: 20_000,
    signal,
  })

void t.test('a server has its namespaces and settings, and is gone once stopped', async (t) => {
  const logFile = join(t.testdir(), 'temporal.log')
  const dynamicConfig = { 'frontend.WorkerHeartbeatsEnabled': 'false' }
  const namespaces = ['payments', 'billing']
  const parts = { cli, namespaces, dynamicConfig, logFile, environment, signal }
  const { address, stop } = await startDevServer(parts)
  const args = ['operator', 'namespace', 'list', '--address', address]
  const { lines } = await runCommand({ file: cli, args, environment, signal })
  for (const namespace of namespaces) t.match(lines.join('\n'), namespace)
  await stop()
  t.notOk(await answers(address))
})

void t.test('a server does not outlive the process that started it', async (t) => {
  const module = JSON.stringify(new URL('../../src/demo/dev-server.ts', import.meta.url).href)
  const logFile = JSON.stringify(join(t.testdir(), 'temporal.log'))
  const script = `
    const { startDevServer } = await import(${module})
    const { signal } = new AbortController()
    const parts = { cli: process.argv[1], namespaces: [], logFile: ${logFile}, environment: process.env, signal }
    const server = await startDevServer(parts)
    console.log(server.address)`
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script, cli])
  const [chunk] = (await once(parent.stdout, 'data')) as [Buffer]
  const address = chunk.toString().trim()
  parent.kill('SIGKILL')
  t.equal(await falls(address), true)
})

void t.test('a server that does not start is reported with its last words', async (t) => {
  const directory = t.testdir()
  const broken = join(directory, 'temporal')
  await writeScript(broken, 'echo the disk is on fire; exit 1')
  const logFile = join(directory, 'temporal.log')
  const parts = { cli: broken, namespaces: ['payments'], logFile, environment, signal }
  const error = (await startDevServer(parts).catch((reason: unknown) => reason)) as Error
  t.type(error, SetupFailure)
  t.match(error.message, 'the disk is on fire')
})

void t.test('an abort while it starts leaves nothing running', async (t) => {
  const directory = t.testdir()
  const slow = join(directory, 'temporal')
  const pidFile = join(directory, 'pid')
  await writeScript(
    slow,
    `if [ "$1" = operator ]; then exit 1; fi; echo $$ > '${pidFile}'; exec sleep 600`,
  )
  const controller = new AbortController()
  const logFile = join(directory, 'temporal.log')
  const parts = { cli: slow, namespaces: ['payments'], logFile, environment }
  const starting = startDevServer({ ...parts, signal: controller.signal })
  const started = { file: 'test', args: ['-s', pidFile], environment, signal }
  await waitUntil({
    probe: async () => ((await runCommand(started)).exitCode === 0 ? true : undefined),
    timeoutMs: 20_000,
    signal,
  })
  controller.abort()
  await t.rejects(starting, { name: 'AbortError' })
  const alive = { file: 'sh', args: ['-c', `kill -0 "$(cat '${pidFile}')"`], environment, signal }
  t.not((await runCommand(alive)).exitCode, 0)
})
