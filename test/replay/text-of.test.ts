import t from 'tap'
import { textOf } from '../../src/replay/text-of.ts'

t.test('a field that is no text is taken for none', async (t) => {
  t.equal(textOf({ code: 'not_granted' }, 'code'), 'not_granted')
  for (const code of [undefined, null, 7, { toString: 1 }]) t.equal(textOf({ code }, 'code'), '')
})
