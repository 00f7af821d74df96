import { readdirSync } from 'node:fs'
import t from 'tap'
import { help } from '../../src/commands/help.ts'
import { recordTerminal } from '../support/recorded-terminal.ts'

void t.test('help names every command and the exit codes, and is no problem', async (t) => {
  const { terminal, out, err } = recordTerminal()
  t.equal(await help([], terminal), 0)
  const text = out.join('\n')
  const commands = readdirSync(new URL('../../src/commands', import.meta.url))
    .map((name) => name.replace('.ts', ''))
    .filter((name) => !['run', 'terminal'].includes(name))
  for (const command of commands) t.match(text, new RegExp(`^  ${command}\\b`, 'm'), command)
  t.match(text, 'exit codes: 0 fine, 1 found a problem, 2 wrong usage')
  t.ok(text.split('\n').every((line) => line.length <= 100))
  t.same(err, [])
})
