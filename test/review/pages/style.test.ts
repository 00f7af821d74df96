import t from 'tap'
import { chartStyle } from '../../../src/review/pages/chart-style.ts'
import { pageStyle } from '../../../src/review/pages/style.ts'
import { tableStyle } from '../../../src/review/pages/table-style.ts'

t.test('it is one sheet, that loads nothing', async (t) => {
  t.ok(pageStyle.includes(chartStyle) && pageStyle.includes(tableStyle))
  t.notMatch(pageStyle, /url\(|@import|<|\$\{/)
  t.equal(pageStyle.match(/\{/g)?.length, pageStyle.match(/\}/g)?.length)
})

t.test(
  'it has dark colours, a way for those whom motion troubles, and a visible focus',
  async (t) => {
    t.match(pageStyle, '@media (prefers-color-scheme: dark)')
    t.match(pageStyle, '@media (prefers-reduced-motion: reduce)')
    t.match(pageStyle, ':focus-visible { outline: 3px')
    t.notMatch(pageStyle.replace('main:focus { outline: none; }', ''), /outline: *(none|0)/)
  },
)

t.test('every colour that is used has a value, light and dark', async (t) => {
  const used = new Set([...pageStyle.matchAll(/var\((--[\w-]+)\)/g)].map(([, name]) => name))
  for (const name of used) {
    t.equal(pageStyle.split(`${name}:`).length - 1, 2, String(name))
  }
})
