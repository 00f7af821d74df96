import t from 'tap'
import { pageStyle } from '../../src/access/page-style.ts'

t.test('the page is light and dark on screens, and light on paper', async (t) => {
  t.match(pageStyle, '@media (prefers-color-scheme: dark)')
  t.match(pageStyle, /@media print \{\s*:root \{ --paper: #fff/)
  t.match(pageStyle, 'thead { display: table-header-group; }')
})

t.test('it cannot end the element that it stands in, and its braces match', async (t) => {
  t.notMatch(pageStyle, '<')
  t.equal(pageStyle.match(/\{/g)?.length, pageStyle.match(/\}/g)?.length)
})
