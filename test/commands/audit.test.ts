import t from 'tap'
import { audit } from '../../src/commands/audit.ts'
import { run } from '../../src/commands/run.ts'
import { recordTerminal } from '../support/recorded-terminal.ts'

void t.test('it has parts, and says which', async (t) => {
  const { terminal, out, err } = recordTerminal()
  t.equal(await audit([], terminal), 2)
  t.equal(await audit(['verfy'], terminal), 2)
  t.equal(await run(['audit', 'constructor'], terminal), 2)
  t.strictSame(err, [
    'sallyport audit: write one of verify, tail, show, export, bundle',
    'sallyport audit: verfy is not one of its parts; did you mean verify?',
    'sallyport audit: constructor is not one of its parts; write one of verify, tail, show, export, bundle',
  ])
  t.strictSame(out, [])
})

for (const part of ['verify', 'tail', 'show', 'export', 'bundle']) {
  void t.test(`sallyport audit ${part} is there`, async (t) => {
    const { terminal, err } = recordTerminal()
    t.equal(await run(['audit', part, '--nothing'], terminal), 2)
    t.match(err, [/Unknown option '--nothing'/])
  })
}
