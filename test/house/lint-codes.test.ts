import { readFileSync } from 'node:fs'
import t from 'tap'
import { lintCodes } from '../../src/config/lint-codes.ts'

const page = readFileSync(new URL('../../docs/lint.md', import.meta.url), 'utf8')
const [, errors = '', warnings = ''] = page.split(/^## (?:Errors|Warnings)$/m)

/** Rows of a table: | `code` | what | why | do | for example | */
function rowsOf(text: string, severity: string) {
  const rows = text.matchAll(/^\| `([a-z-]+)` \| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$/gm)
  return [...rows].map(([, code, what, why, fix, example]) => ({
    code,
    severity,
    what,
    fix,
    isExplained: Boolean(why && example),
  }))
}

t.test('docs/lint.md explains every code, in the same words, and no other', async (t) => {
  const documented = [...rowsOf(errors, 'error'), ...rowsOf(warnings, 'warning')]
  const known = Object.entries(lintCodes).map(([code, row]) => ({
    code,
    ...row,
    isExplained: true,
  }))
  t.same(documented, known)
})

t.test('what is wrong and what to do are full sentences', async (t) => {
  for (const [code, { what, fix }] of Object.entries(lintCodes)) {
    t.match(what, /^["A-Z].*\.$/, code)
    t.match(fix, /^[A-Z].*(\.|")$/, code)
  }
})
