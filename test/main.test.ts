import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { framedEntriesIn } from './support/audit-files.ts'
import { writeConfiguration } from './support/configuration.ts'
import { root } from './support/outside-tap.ts'

function start(...args: readonly string[]) {
  const child = spawn(process.execPath, [join(root, 'src/main.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = once(child, 'exit').then(([code]) => code as number | null)
  return { child, exited, err: text(child.stderr) }
}

async function run(...args: readonly string[]) {
  const { child, exited, err } = start(...args)
  const out = text(child.stdout)
  return { code: await exited, out: await out, err: await err }
}

void t.test('the version is that of the package', async (t) => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    version: string
  }
  t.same(await run('--version'), { code: 0, out: `${version}\n`, err: '' })
})

void t.test('a configuration that is wrong is exit code 1, with every problem', async (t) => {
  const file = join(t.testdir(), 'sallyport.yaml')
  writeFileSync(file, 'version: 1\nlisten: { address: x }\nupstrem: {}\n')
  const { code, out, err } = await run('serve', '--config', file)
  t.equal(code, 1)
  t.equal(out, '')
  t.match(err, new RegExp(`^${file}:2:\\d+ listen`, 'm'))
  t.match(err, new RegExp(`^${file}:3:\\d+ upstrem`, 'm'))
})

void t.test('serve is there until SIGTERM, and leaves a journal that has its end', async (t) => {
  const directory = t.testdir()
  const { child, exited, err } = start('serve', '--config', await writeConfiguration(directory))
  const messages: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    const { msg } = JSON.parse(line) as { msg: string }
    messages.push(msg)
    if (msg === 'serving') child.kill('SIGTERM')
  }
  t.equal(await exited, 0)
  t.equal(messages.at(-1), 'stopped')
  t.equal(await err, '')
  t.match(framedEntriesIn(join(directory, 'audit')), [{ kind: 'start' }, { kind: 'stop' }])
})
