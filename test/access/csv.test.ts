import t from 'tap'
import { accessCsv } from '../../src/access/csv.ts'
import { accessMatrix } from '../../src/access/rows.ts'
import { ledgerPolicy, policyOf } from '../support/tested-policy.ts'

t.test('a header, a line for each grant and each denial', async (t) => {
  t.strictSame(accessCsv(accessMatrix(ledgerPolicy)).split('\r\n'), [
    'rule,section,issuer,who,over,where,role,verbs,workflow_types,task_queues,workflow_ids,handlers,guards_off,cautions',
    'main,machines,gitlab,project_id is 1; ref_type is branch; ref is main,namespace,payments,starter,connect; read; start,,,ledger-*,,,changes things from an unprotected ref or environment',
    'main,machines,gitlab,project_id is 1; ref_type is branch; ref is main,namespace,payments,caller,connect; read; start; signal; update; query,,,ledger-*,close,,changes things from an unprotected ref or environment',
    'auditors,people,gitlab,user_id is 7,audit,the audit review,review,,,,,,,',
    'auditors,people,gitlab,user_id is 7,namespace,payments,viewer,connect; read,,,,,,',
    'left,denials,,user_id is 9,,,,,,,,,,',
  ])
})

t.test('no value breaks its cell, and none is a formula to a spreadsheet', async (t) => {
  const policy = policyOf(`version: 1
machines:
  - name: a
    issuer: gitlab
    match: { project_id: 1, ref: 'a"b, c' }
    grants: [{ namespace: "=cmd()", role: viewer, task_queues: ["-1", "+2"] }]
`)
  const [, line] = accessCsv(accessMatrix(policy)).split('\r\n')
  t.equal(
    line,
    `a,machines,gitlab,"project_id is 1; ref is a""b, c",namespace,'=cmd(),viewer,connect; read,,'-1;' +2,,,,`,
  )
})

t.test(
  'CSV injection where a semicolon separates: no part of a value begins a formula',
  async (t) => {
    const cellOf = (queue: string) => {
      const policy = policyOf(`version: 1
machines:
  - name: a
    issuer: gitlab
    match: { project_id: 1 }
    grants: [{ namespace: n, role: viewer, task_queues: [${JSON.stringify(queue)}] }]
`)
      const [, line = ''] = accessCsv(accessMatrix(policy)).split('\r\n')
      return line.replace(
        'a,machines,gitlab,project_id is 1,namespace,n,viewer,connect; read,,',
        '',
      )
    }
    const cells: [string, string][] = [
      ['x;=HYPERLINK(A2);y', "x;'=HYPERLINK(A2);y"],
      ['x;  @A', "x;'  @A"],
      ['  =1', "'  =1"],
      ['＝1;－1', "'＝1;'－1"],
      ['x;"=1', `"x;'""=1"`],
      ['x;y=1', 'x;y=1'],
    ]
    for (const [queue, cell] of cells) t.equal(cellOf(queue), `${cell},,,,`, queue)
    for (const queue of ['\t1', 'x;\t1', 'x;\r1', 'x\t=1', 'x\n=1', 'x\r=1']) {
      t.notMatch(`,${cellOf(queue)}`, /[,;\t\r\n][\s"]*[=\t\r]/, JSON.stringify(queue))
    }
  },
)
