import { readFileSync } from 'node:fs'
import t from 'tap'
import { refusals } from '../../src/core/refusal.ts'

const page = readFileSync(new URL('../../docs/refusals.md', import.meta.url), 'utf8')

/** Rows of the page: | `code` | STATUS | http | … */
const documented = [...page.matchAll(/^\| `(\w+)` \| (\w+) \| (\d+) \| (.+) \| (.+) \|$/gm)].map(
  ([, code, status, http]) => ({ code, status, http: Number(http) }),
)

t.test('docs/refusals.md documents every refusal, with its status, and no other', async (t) => {
  const known = Object.entries(refusals).map(([code, { status, http }]) => ({ code, status, http }))
  const byCode = (a: { code: string | undefined }, b: { code: string | undefined }) =>
    (a.code ?? '').localeCompare(b.code ?? '')
  t.same(documented.toSorted(byCode), known.toSorted(byCode))
})

t.test('no refusal is a status that SDKs repeat at once, or speaks of rules', async (t) => {
  for (const [code, { status, words }] of Object.entries(refusals)) {
    t.notMatch(status, /^(INTERNAL|UNKNOWN|OK)$/, code)
    t.notMatch(words, /rule|claim value/, code)
  }
})
