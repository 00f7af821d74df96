import { Script } from 'node:vm'
import t from 'tap'
import { pageScript } from '../../../src/review/pages/script.ts'
import { oddCharacters } from '../../../src/review/pages/shown.ts'

t.test('it is a script, in strict mode', async (t) => {
  t.ok(new Script(pageScript))
  t.match(pageScript, /^'use strict'\n/)
})

t.test('it makes no markup and runs no text', async (t) => {
  t.notMatch(
    pageScript,
    /innerHTML|outerHTML|insertAdjacent|document\.write|DOMParser|eval|Function\(/,
  )
  t.notMatch(pageScript, /setAttribute\('on|javascript:|srcdoc|createContextualFragment/)
})

t.test('it knows the same odd characters as the server, and asks no other server', async (t) => {
  t.ok(pageScript.includes(`/(${oddCharacters})/u`))
  t.notMatch(pageScript, /https?:|\/\/[a-z]+\./)
})
