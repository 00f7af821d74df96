import t from 'tap'
import { accessMatrix } from '../../src/access/rows.ts'
import { accessTable } from '../../src/access/table.ts'
import { ledgerPolicy } from '../support/tested-policy.ts'

t.test('columns stand below each other, long cells go over several lines', async (t) => {
  const lines = accessTable(accessMatrix(ledgerPolicy)).split('\n')
  t.strictSame(lines.slice(0, 5), [
    'RULE                    │ WHO                │ WHERE            │ MAY                           │ LIMITED TO             │ LOOK AT',
    '────────────────────────┼────────────────────┼──────────────────┼───────────────────────────────┼────────────────────────┼───────────────────────────────',
    'main                    │ project_id is 1    │ payments         │ starter:                      │ workflow ids: ledger-* │ ! changes things from an',
    '(machines, gitlab)      │ ref_type is branch │                  │ connect, read, start          │                        │ unprotected ref or environment',
    '                        │ ref is main        │                  │                               │                        │',
  ])
  t.match(lines.slice(-4), [
    /^left .*│ user_id is 9 .*│ everywhere .*│ nothing, whatever rules say/,
    /^\(denials, every issuer\)/,
    '',
    'policy sha256:0123',
  ])
})

t.test('a word that is longer than a line is left whole', async (t) => {
  const { rows, ...rest } = accessMatrix(ledgerPolicy)
  const who = ['x'.repeat(60)]
  t.match(accessTable({ ...rest, rows: [{ ...rows[0]!, who }] }), 'x'.repeat(60))
})
