import t, { type Test } from 'tap'
import type { Case } from '../../../src/commands/explain/case.ts'
import type { ReportParts } from '../../../src/commands/explain/json-report.ts'
import { textReport, type Paint } from '../../../src/commands/explain/text-report.ts'
import { refusal } from '../../../src/core/refusal.ts'
import { accountOf, caseOf, identityWith, samplePolicy } from '../../support/explain.ts'

const plain: Paint = (_, text) => text

interface Asked extends Partial<ReportParts> {
  readonly text?: string
  readonly paint?: Paint
}

async function printed(t: Test, example: Case, { text, paint = plain, ...parts }: Asked = {}) {
  const account = await accountOf(t, example, text)
  const policy = { file: 'policy.yaml', hash: 'sha256:x' }
  const base = { account, method: example.method, isUnverified: false, recorded: undefined, policy }
  return textReport({ ...base, ...parts }, paint).replaceAll(/\S*\/policy\.yaml/g, 'policy.yaml')
}

void t.test('an allowed call', async (t) => {
  const text = await printed(t, caseOf())
  t.match(
    text,
    /^allowed by the rule main \(starter\)\n {2}call {4}StartWorkflowExecution, which needs start in payments\n/,
  )
  t.match(
    text,
    /caller {2}gitlab\.com\/acme\/payments\/ledger-workers\/-\/jobs\/11840226751 \(machine of gitlab\)/,
  )
  t.match(
    text,
    /rule main, which is about this caller {2}policy\.yaml:3:5\n {2}yes {2}project_id is 48210377/,
  )
  t.notMatch(text, /rule other|what would change|worth noting/)
  t.match(
    await printed(t, caseOf({ name: 'GetSystemInfo' })),
    /^allowed\n {2}call {4}GetSystemInfo\n/,
  )
})

void t.test('a refused call: the nearest rules, the traps, and the line to change', async (t) => {
  const text = await printed(t, caseOf({ identity: identityWith({ ref: 'Main' }) }))
  t.match(text, /^refused: not_granted\n/)
  t.match(text, / no {2}ref: wanted main, the token has Main {2}policy\.yaml:8:7\n/)
  t.match(text, /worth noting:\n {2}! ref Main differs from main in case only/)
  t.match(text, / {2}at policy\.yaml:8:7 write\n {8}ref: \{ any_of: \[main, Main\] \}/)
  t.match(text, /policy policy\.yaml sha256:x$/)
})

void t.test('many rules are told in brief, and very many only counted', async (t) => {
  const rules = Array.from(
    { length: 14 },
    (_, at) =>
      `  - name: r${at}\n    issuer: gitlab\n    match: { project_id: "${at}" }\n    grants: [{ namespace: payments, role: starter }]\n`,
  )
  const fits =
    '  - name: fits\n    issuer: gitlab\n    match: { project_id: "48210377" }\n    grants: [{ namespace: risk, role: viewer }]\n'
  const text = await printed(t, caseOf(), {
    text: `version: 1\nmachines:\n${fits}${rules.join('')}`,
  })
  t.match(text, /further rules, the nearest first:\n {2}r1: project_id\n/)
  t.match(text, /and 5 more; --json has the nearest 20/)
  const twice = fits
    .replace('name: fits', 'name: again')
    .replace('risk', 'payments')
    .replace('viewer', 'admin')
  const thrice = twice.replace('again', 'third')
  const allowed = await printed(t, caseOf(), {
    text: `version: 1\nmachines:\n${fits}${twice}${thrice}`,
  })
  t.match(allowed, /further rules, the nearest first:\n {2}fits: grant/)
  const fourth = thrice.replace('third', 'fourth')
  const more = await printed(t, caseOf(), {
    text: `version: 1\nmachines:\n${twice}${thrice}${fourth}`,
  })
  t.match(more, / {2}fourth: everything fits/)
})

void t.test(
  'a rule that is offered stands without a place, a change without a line with one',
  async (t) => {
    const stranger = identityWith({ project_id: '7', job_project_id: '7' })
    t.match(
      await printed(t, caseOf({ identity: stranger })),
      /add one under machines:\n {10}- name: NAME\n/,
    )
    const policy = samplePolicy.replace('ref: main', 'ref: { glob: "v*" }')
    t.match(
      await printed(t, caseOf(), { text: policy }),
      /change the test of ref\n {4}at policy\.yaml:8:7/,
    )
  },
)

void t.test('a token is said not to be verified, and what it would be refused for', async (t) => {
  const example = { ...caseOf(), refused: refusal('token_expired', 'since noon') }
  const text = await printed(t, example, { isUnverified: true })
  t.match(text, /^allowed by the rule main \(starter\), but not with this token: token_expired\n/)
  t.match(
    text,
    /not verified: nobody checked its signature\n +this one would be refused as token_expired: since noon/,
  )
})

void t.test('a bad token, and an RPC that nobody knows', async (t) => {
  const example = caseOf({ identity: refusal('credential_malformed', 'it is odd') })
  const text = await printed(t, example, { method: undefined })
  t.match(
    text,
    /^refused: credential_malformed\n {2}call {4}an RPC that this version does not know\n\nit is odd\n/,
  )
})

void t.test('a recorded decision shows both outcomes', async (t) => {
  const recorded = {
    decisionId: 'd-1',
    time: 'noon',
    outcome: 'refused',
    code: 'not_granted',
    detail: 'no rule',
    rule: undefined,
    role: undefined,
    rules: [],
    policyHash: 'h',
    completion: undefined,
  }
  t.match(
    await printed(t, caseOf(), { recorded }),
    /then {4}d-1 at noon: refused \(not_granted\): no rule\n {2}now/,
  )
  const allowed = {
    ...recorded,
    outcome: 'allowed',
    code: undefined,
    detail: undefined,
    rule: 'main',
    completion: 'completed',
  }
  t.match(
    await printed(t, caseOf(), { recorded: allowed }),
    /noon: allowed by the rule main, and the call completed\n/,
  )
})

void t.test('colours go round the words', async (t) => {
  const paint: Paint = (colour, text) => `<${colour}>${text}</>`
  t.match(
    await printed(t, caseOf(), { paint }),
    /^<green>allowed by the rule main \(starter\)<\/>\n/,
  )
  const refused = caseOf({ identity: identityWith({ ref: 'Main' }) })
  t.match(await printed(t, refused, { paint }), /^<red>refused: not_granted<\/>[^]*<yellow>!<\/>/)
})

void t.test('a rule whose place is not known is told without one', async (t) => {
  const account = await accountOf(t, caseOf())
  const considered = account.considered.map((rule) => ({ ...rule, place: undefined }))
  const text = await printed(t, caseOf(), { account: { ...account, considered } })
  t.match(text, /rule main, which is about this caller\n/)
})
