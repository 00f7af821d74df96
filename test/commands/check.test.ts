import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { check } from '../../src/commands/check.ts'
import { writeConfiguration } from '../support/configuration.ts'
import { recordTerminal } from '../support/recorded-terminal.ts'

void t.test('files that are fine are said to be, with what is in them', async (t) => {
  const config = await writeConfiguration(t.testdir())
  const { terminal, out, err } = recordTerminal()
  t.equal(await check(['--config', config], terminal), 0)
  t.match(out, [
    `${config}: fine (1 issuers)`,
    /policy\.yaml: fine \(1 rules, sha256:[0-9a-f]{64}\)$/,
  ])
  t.same(err, [])
})

void t.test('--json says the same to a program', async (t) => {
  const config = await writeConfiguration(t.testdir())
  const { terminal, out } = recordTerminal()
  t.equal(await check(['--config', config, '--json'], terminal), 0)
  t.same(JSON.parse(out.join('')), { ok: true, problems: [] })
})

void t.test('every problem is said with its place, and they are counted', async (t) => {
  const policy = 'version: 1\nmachines:\n  - name: a\n    isuer: gitlab\n    roles: [x]\n'
  const config = await writeConfiguration(t.testdir(), { policy })
  const { terminal, out, err } = recordTerminal()
  t.equal(await check(['--config', config], terminal), 1)
  t.ok(out.length > 1)
  t.ok(
    out.every((line) => /policy\.yaml:\d+:\d+ machines\[0\]/.test(line)),
    out.join('\n'),
  )
  t.same(err, [`${out.length} problems`])
  const json = recordTerminal()
  t.equal(await check(['--config', config, '--json'], json.terminal), 1)
  const report = JSON.parse(json.out.join('')) as { ok: boolean; problems: object[] }
  t.match(report, { ok: false, problems: [{ line: /\d/, column: /\d/, path: /^machines/ }] })
  t.equal(report.problems.length, out.length)
  t.same(json.err, [])
})

void t.test('one problem is one problem', async (t) => {
  const { terminal, err } = recordTerminal()
  t.equal(await check(['--config', '/nowhere/f'], terminal), 1)
  t.same(err, ['1 problem'])
})

void t.test('another policy can be checked before it takes the place of the first', async (t) => {
  const directory = t.testdir()
  const config = await writeConfiguration(directory)
  const next = join(directory, 'next.yaml')
  writeFileSync(next, 'version: 1\nmachines: []\n')
  const { terminal, out } = recordTerminal()
  t.equal(await check(['--config', config, '--policy', next], terminal), 0)
  t.match(out[1], `${next}: fine (0 rules`)
})

void t.test('the environment of the terminal fills in names', async (t) => {
  const config = await writeConfiguration(t.testdir(), { listen: '${ADDRESS}' })
  const { terminal, out } = recordTerminal()
  t.equal(await check(['--config', config], terminal), 1)
  t.match(out.join('\n'), /ADDRESS/)
  const set = recordTerminal({ ADDRESS: '127.0.0.1:7443' })
  t.equal(await check(['--config', config], set.terminal), 0)
})
