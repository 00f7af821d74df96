import { readFileSync } from 'node:fs'
import t from 'tap'
import { refusals } from '../../src/core/refusal.ts'
import { remedies } from '../../src/core/remedy.ts'

const page = readFileSync(new URL('../../docs/refusals.md', import.meta.url), 'utf8')

void t.test('each refusal is explained as docs/refusals.md explains it', async (t) => {
  const rows = [...page.matchAll(/^\| `(\w+)` \| \w+ \| \d+ \| (.+) \| (.+) \|$/gm)]
  t.ok(rows.length > 20)
  for (const [, code = '', when, remedy] of rows) {
    t.same(Object.entries(remedies).find(([known]) => known === code)?.[1], { when, remedy }, code)
  }
})

void t.test('every refusal there is has a remedy', async (t) => {
  t.same(Object.keys(remedies).toSorted(), Object.keys(refusals).toSorted())
})
