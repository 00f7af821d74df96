import t from 'tap'
import { html, markupOf, type HtmlValue } from '../../src/review/html.ts'

const cases: readonly {
  readonly name: string
  readonly value: HtmlValue
  readonly text: string
}[] = [
  { name: 'a text', value: 'plain', text: 'plain' },
  { name: 'a number', value: 0, text: '0' },
  { name: 'nothing', value: undefined, text: '' },
  { name: 'no', value: false, text: '' },
  {
    name: 'a tag',
    value: '<script>alert(1)</script>',
    text: '&lt;script&gt;alert(1)&lt;/script&gt;',
  },
  { name: 'quotes', value: `"'`, text: '&quot;&#39;' },
  { name: 'an entity', value: '&lt;', text: '&amp;lt;' },
  { name: 'a list', value: ['<', ['a', undefined]], text: '&lt;a' },
  { name: 'markup', value: html`<b>${'<'}</b>`, text: '<b>&lt;</b>' },
]

for (const { name, value, text } of cases) {
  t.test(`${name} in a template`, async (t) => {
    t.equal(markupOf(html`<i title="${value}">${value}</i>`), `<i title="${text}">${text}</i>`)
  })
}

t.test('what looks like markup to a program is none', async (t) => {
  const forged = { text: '<script>', toString: () => '<script>' } as unknown as string
  t.throws(() => html`${forged}`)
  const copied = Object.create(html`<b></b>`) as string
  t.throws(() => html`${copied}`)
})

t.test('a template without values is itself', async (t) => {
  t.equal(markupOf(html`<hr />`), '<hr />')
})
