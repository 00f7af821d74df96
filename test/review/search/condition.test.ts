import t from 'tap'
import { conditionOf } from '../../../src/review/search/condition.ts'
import type { Names } from '../../../src/review/search/names.ts'

const namesWith = (ids: readonly number[] | 'many'): Names => ({
  idOf: () => 0,
  find: () => ids,
  textOf: () => '',
  forget: () => undefined,
})

void t.test('what no call has matches nothing', async (t) => {
  t.equal(conditionOf(namesWith([]), 'rule', 'x'), undefined)
})

void t.test('one text is one number, several are a list', async (t) => {
  t.match(conditionOf(namesWith([5]), 'rule', 'x'), {
    ids: [5],
    sql: 'rule = :rule',
    values: { rule: 5 },
  })
  t.match(conditionOf(namesWith([5, 9]), 'rule', 'x*'), {
    sql: 'rule IN (SELECT value FROM json_each(:rule))',
    values: { rule: '[5,9]' },
  })
})

void t.test('many texts are tested one by one, with the pattern as a value', async (t) => {
  const hostile = "x'[?*"
  const condition = conditionOf(namesWith('many'), 'workflow', hostile)
  t.match(condition, { ids: 'many', values: { workflow: "x'[[][?]*" } })
  t.notOk(condition?.sql.includes("'["), 'no text of the filter is in the statement')
  t.match(conditionOf(namesWith('many'), 'project', '48'), { values: { project: '' } })
  t.match(conditionOf(namesWith('many'), 'project', 'x'.repeat(9_999)), { values: { project: '' } })
})
