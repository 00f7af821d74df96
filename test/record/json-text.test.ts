import t from 'tap'
import { harmless, quoted } from '../../src/record/json-text.ts'
import { hostileTexts } from '../support/hostile-texts.ts'

void t.test('a text comes back whole, and nothing in it can mislead a reader', async (t) => {
  for (const text of hostileTexts) {
    t.equal(JSON.parse(quoted(text)), text)
    t.notMatch(
      quoted(text),
      /[^\x20-\x7e\u00a0-\u061b\u061d-\u200a\u2010-\u2027\u202f-\ufefe\uff00-\uffff]/,
    )
  }
  t.equal(quoted('\u202e\u2028\u007f'), '"\\u202e\\u2028\\u007f"')
})

void t.test('what is harmless stays as it is', async (t) => {
  const json = JSON.stringify({ name: 'Übertrag-収支-😀', quote: '"' })
  t.equal(harmless(json), json)
})
