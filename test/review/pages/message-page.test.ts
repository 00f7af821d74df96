import t from 'tap'
import { markupOf } from '../../../src/review/html.ts'
import * as messages from '../../../src/review/pages/message-page.ts'
import { textIn } from '../../support/review-page.ts'

const cases = [
  [messages.notHerePage(), 'This page is for the machine that Sallyport runs on', 'SSH tunnel'],
  [messages.formRefusedPage(), 'This did not come from the review page', 'Nothing was done.'],
  [messages.unrecordedPage(), 'This cannot be shown, because it cannot be recorded', '/readyz'],
  [messages.troublePage(undefined), 'The index cannot be read at the moment', 'Try again'],
  [
    messages.troublePage('no <space>'),
    'The index cannot be read at the moment',
    'no &lt;space&gt;',
  ],
  [messages.busyPage(), 'Another export is being made', 'sallyport audit export'],
  [messages.notFoundPage(), 'There is no such page', 'Look for the call'],
  [messages.noCallPage(), 'There is no such call', 'Each replica has a journal of its own'],
] as const

for (const [{ title, main }, heading, words] of cases) {
  t.test(`${heading}: ${words}`, async (t) => {
    const text = textIn(markupOf(main))
    t.equal(title, heading)
    t.ok(text.startsWith(heading), 'the heading is the first to be read')
    t.match(text, words, 'it says what to do')
  })
}
