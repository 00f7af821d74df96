import t from 'tap'
import { tableStyle } from '../../../src/review/pages/table-style.ts'

t.test('on a narrow screen rows are cards, whose cells say what they are', async (t) => {
  const narrow = tableStyle.slice(tableStyle.lastIndexOf('@media (max-width: 640px)'))
  t.match(narrow, 'content: attr(data-label)')
  t.notMatch(tableStyle, /#[0-9a-f]{3}/i, 'the colours are those of the page')
})
