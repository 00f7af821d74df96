import t from 'tap'
import { runCommand } from '../../src/demo/run-command.ts'

const environment = { PATH: process.env['PATH'] }
const shell = (script: string) => ({ file: 'sh', args: ['-c', script], environment })

void t.test('lines are kept, and told as they come', async (t) => {
  const { signal } = new AbortController()
  const told: string[] = []
  const result = await runCommand({
    ...shell('echo one; pwd; exit 3'),
    cwd: '/',
    signal,
    onLine: (line) => told.push(line),
  })
  t.same(result, { exitCode: 3, lines: ['one', '/'] })
  t.same(told, result.lines)
})

void t.test('standard error counts as output, and the environment is not inherited', async (t) => {
  const { signal } = new AbortController()
  const result = await runCommand({ ...shell('echo "home=$HOME" >&2'), signal })
  t.same(result, { exitCode: 0, lines: ['home='] })
})

void t.test('a command that does not exist is told like in a shell', async (t) => {
  const { signal } = new AbortController()
  const result = await runCommand({ file: 'no-such-command', args: [], environment, signal })
  t.equal(result.exitCode, 127)
  t.match(result.lines[0], /ENOENT/)
})

void t.test('an abort kills the command', async (t) => {
  const controller = new AbortController()
  const { signal } = controller
  const onLine = () => controller.abort()
  const running = runCommand({ ...shell('echo up; exec sleep 600'), signal, onLine })
  await t.rejects(running, { name: 'AbortError' })
  await t.rejects(runCommand({ ...shell('true'), signal }), { name: 'AbortError' })
})

void t.test('a command that a signal ended has failed', async (t) => {
  const { signal } = new AbortController()
  t.equal((await runCommand({ ...shell('kill -9 $$'), signal })).exitCode, 1)
})

void t.test('a command that takes too long is given up', async (t) => {
  const { signal } = new AbortController()
  const result = await runCommand({ ...shell('exec sleep 600'), signal, timeoutMs: 1 })
  t.same(result, { exitCode: 124, lines: ['(no end after 1 ms)'] })
})
