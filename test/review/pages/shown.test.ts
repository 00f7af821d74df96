import t from 'tap'
import { markupOf } from '../../../src/review/html.ts'
import { shown, shownJson } from '../../../src/review/pages/shown.ts'

const odd = (code: string, character: string) =>
  `<span class="odd" data-code="${code}">${character}</span>`

const cases = [
  ['an ordinary text', 'ledger-7', 'ledger-7'],
  ['a script', '<script>', '&lt;script&gt;'],
  ['a right-to-left override', 'a\u202Egpj.exe', `a${odd('U+202E', '\u202E')}gpj.exe`],
  ['a terminal escape at the start', '\u001B[31mred', `${odd('U+001B', '\u001B')}[31mred`],
  ['a line break', 'a\nb', `a${odd('U+000A', '\n')}b`],
  ['an invisible character at the end', 'a\u200B', `a${odd('U+200B', '\u200B')}`],
  ['half of a pair', 'a\uD800b', `a${odd('U+D800', '\uD800')}b`],
  ['a tag character beyond the first plane', '\u{E0041}', odd('U+E0041', '\u{E0041}')],
  ['other scripts and emoji', 'жук 虫 🐞', 'жук 虫 🐞'],
] as const

for (const [name, text, markup] of cases) {
  t.test(`${name} is shown as what it is`, async (t) => {
    t.equal(markupOf(shown(text)), `<bdi>${markup}</bdi>`)
  })
}

t.test('what is not known is not shown', async (t) => {
  t.equal(markupOf(shown(undefined)), '')
})

t.test('JSON has its lines, and every odd character as the journal writes it', async (t) => {
  const value = { workflow_id: 'a\u202Eb\u007F\u{E0041}"' }
  const text = shownJson(value)
  t.equal(text, '{\n  "workflow_id": "a\\u202eb\\u007f\\udb40\\udc41\\""\n}')
  t.same(JSON.parse(text), value)
})
