import t from 'tap'
import { lintCodes } from '../../src/config/lint-codes.ts'

void t.test('every code is in lower case with dashes, and is an error or a warning', async (t) => {
  for (const [code, { severity }] of Object.entries(lintCodes)) {
    t.match(code, /^[a-z]+(-[a-z]+)+$/)
    t.match(severity, /^(error|warning)$/, code)
  }
})

void t.test('what would open a door, or grants nothing by mistake, is an error', async (t) => {
  for (const code of [
    'tenant-unpinned',
    'user-only',
    'ref-without-type',
    'claim-unknown',
  ] as const) {
    t.equal(lintCodes[code].severity, 'error', code)
  }
  t.equal(lintCodes['write-unprotected'].severity, 'warning')
})
