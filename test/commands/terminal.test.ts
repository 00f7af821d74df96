import t from 'tap'
import { paintFor, wantsColour } from '../../src/commands/terminal.ts'
import { recordTerminal } from '../support/recorded-terminal.ts'

void t.test('colour is for terminals of people who did not ask for none', async (t) => {
  t.equal(wantsColour({ isTTY: true, environment: {} }), true)
  t.equal(wantsColour({ isTTY: true, environment: { NO_COLOR: '' } }), true)
  t.equal(wantsColour({ isTTY: true, environment: { NO_COLOR: '1' } }), false)
  t.equal(wantsColour({ isTTY: false, environment: {} }), false)
})

void t.test('text is styled where the terminal shows it, and left alone elsewhere', async (t) => {
  const { terminal } = recordTerminal()
  t.equal(
    paintFor({ ...terminal, isTTY: true, environment: {} })('red', 'no'),
    '\u001b[31mno\u001b[39m',
  )
  t.equal(paintFor({ ...terminal, isTTY: false, environment: {} })('red', 'no'), 'no')
})
