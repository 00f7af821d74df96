import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import t, { type Test } from 'tap'
import { parse } from 'yaml'

const main = new URL('../../src/main.ts', import.meta.url).pathname
const policyFile = new URL('../../config/policy.yaml', import.meta.url).pathname

/** Runs the demo in an empty directory, as a person with a shell there would. */
function demo(t: Test, args: readonly string[], directory = t.testdir()) {
  const child = spawn(process.execPath, [main, 'demo', ...args], { cwd: directory })
  const lines: string[] = []
  const ended = once(child, 'close').then(([code]) => ({ code: code as number, lines }))
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => lines.push(line))
  }
  t.teardown(() => child.kill('SIGKILL'))
  return { child, directory, ended }
}

async function lineOf(child: ChildProcess, pattern: RegExp): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  createInterface({ input: child.stdout! }).on('line', (line) => {
    if (pattern.test(line)) resolve()
  })
  await promise
}

/** Every address that the demo listened on, by its own words. */
function addressesIn(directory: string): readonly string[] {
  const settings = parse(readFileSync(join(directory, '.demo/sallyport.yaml'), 'utf8')) as {
    listen: { address: string }
    upstream: { address: string }
    ops: { address: string }
    issuers: { gitlab: { url: string } }
  }
  const { listen, upstream, ops, issuers } = settings
  const issuer = new URL(issuers.gitlab.url).host
  return [listen.address, upstream.address, ops.address, issuer]
}

async function isUp(address: string): Promise<boolean> {
  const [host, port] = address.split(':')
  const socket = connect({ host, port: Number(port) })
  return once(socket, 'connect').then(
    () => (socket.destroy(), true),
    () => false,
  )
}

void t.test('the demo plays its pipeline, exits with 0 and leaves nothing running', async (t) => {
  const { ended, directory } = demo(t, ['--once'])
  const { code, lines } = await ended
  const text = lines.join('\n')
  t.equal(code, 0, text)
  t.match(text, /Review page +http:\/\/127\.0\.0\.1:\d+\/review/)
  t.match(text, /Status +COMPLETED\s+Result +\{"balanceCents":8000\}/)
  t.match(text, /allowed {2}StartWorkflowExecution {2}payments {2}LedgerRollup on ledger/)
  t.match(text, /by rule ledger-main \(starter\), OK/)
  for (const refusal of ['not_granted', 'guard_fork_pipelines', 'token_expired']) {
    t.match(text, new RegExp(`refused .*\\n +${refusal}: `), refusal)
  }
  t.equal(text.match(/as expected: /g)?.length, 6)
  t.match(text, 'Everything went as expected.')
  t.ok(lines.length < 120, `${lines.length} lines`)
  t.notMatch(text, '\x1b[', 'no colour without a terminal')
  t.notMatch(text, /eyJ[\w-]{20,}/, 'no token is printed')
  t.notMatch(text, /WARNING|ERR!|Error: (?!failed)/)
  for (const address of addressesIn(directory)) t.notOk(await isUp(address), address)
})

void t.test('a step that goes differently makes the demo exit with 1', async (t) => {
  const policy = readFileSync(policyFile, 'utf8')
  const directory = t.testdir({
    'wider.yaml': policy.replace('LedgerRollup, ', 'LedgerRollup, LedgerPurge, '),
  })
  const { ended } = demo(t, ['--once', '--policy', 'wider.yaml'], directory)
  const { code, lines } = await ended
  const text = lines.join('\n')
  t.equal(code, 1, text)
  t.match(text, 'WRONG: expected to be refused as not_granted, but the command succeeded')
  t.match(text, 'Not everything went as expected')
  t.notMatch(text, 'temporalio_sdk_core', 'the SDK logs to a file')
  for (const address of addressesIn(directory)) t.notOk(await isUp(address), address)
})

void t.test('a policy under which the worker may not connect is said so at once', async (t) => {
  const policy = readFileSync(policyFile, 'utf8').replace('"48210401"', '"1"')
  const directory = t.testdir({ 'narrower.yaml': policy })
  const { code, lines } = await demo(t, ['--policy', 'narrower.yaml'], directory).ended
  t.equal(code, 1)
  t.match(lines.at(-1), /may not connect to namespace payments: .*not granted.*ledger-worker/)
  for (const address of addressesIn(directory)) t.notOk(await isUp(address), address)
})

void t.test('without --once it stays up until it is told to stop', async (t) => {
  const { child, directory, ended } = demo(t, [])
  await lineOf(child, /Ctrl-C stops everything/)
  for (const address of addressesIn(directory)) t.ok(await isUp(address), address)
  const [, , ops = ''] = addressesIn(directory)
  const page = await fetch(`http://${ops}/review`)
  t.equal(page.status, 200)
  t.match(await page.text(), 'guard_fork_pipelines', 'what the pipeline did is on the page')
  const second = await demo(t, ['--once'], directory).ended
  t.equal(second.code, 1)
  t.match(second.lines.join('\n'), 'Another demo is running in')
  child.kill('SIGINT')
  const { code } = await ended
  t.equal(code, 0)
  for (const address of addressesIn(directory)) t.notOk(await isUp(address), address)
})

void t.test('a signal while it starts stops what had been started', async (t) => {
  const { child, directory, ended } = demo(t, ['--once'])
  await lineOf(child, /ready {2}Sallyport/)
  child.kill('SIGTERM')
  t.equal((await ended).code, 130)
  for (const address of addressesIn(directory)) t.notOk(await isUp(address), address)
})
