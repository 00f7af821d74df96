import t from 'tap'
import { chartStyle } from '../../../src/review/pages/chart-style.ts'

t.test('every part of a chart has a colour of the page', async (t) => {
  t.match(chartStyle, 'rect.allowed { fill: var(--allowed); }')
  t.match(chartStyle, 'rect.refused { fill: var(--refused); }')
  t.notMatch(chartStyle, /#[0-9a-f]{3}/i)
})
