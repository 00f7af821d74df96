import t from 'tap'
import { policyLines } from '../../support/checked-policy.ts'

function linesOf(comments: string, match = 'project_path: acme/x'): string[] {
  return policyLines(`version: 1
machines:
  - name: a
    issuer: own
    match:
${comments}
      ${match}
    grants: [{ namespace: n, role: viewer }]
`)
}

const warning =
  'f:7:21 machines[0].match.project_path: warning: can be given up and taken by somebody else; pin project_id too [path-without-id]'

void t.test('a comment with a reason allows a warning on the line below', async (t) => {
  t.strictSame(linesOf('      # why'), [warning])
  const allowed = [
    '      # sallyport: allow path-without-id because the path is reserved',
    '      #sallyport:allow path-without-id because the path is reserved',
  ]
  for (const comment of allowed) t.strictSame(linesOf(comment), [], comment)
})

void t.test('comments and empty lines may stand between', async (t) => {
  const comment = '      # sallyport: allow path-without-id because of this'
  const [first, ...rest] = linesOf(`${comment}\n      # and more words\n`)
  t.same([first, ...rest].filter(Boolean), [])
})

void t.test('it allows that one warning, there', async (t) => {
  const comment = '      # sallyport: allow path-without-id because of this'
  const twice = 'project_path: acme/x\n      namespace_path: acme'
  t.match(linesOf(comment, twice), [/^f:8:23 .* \[path-without-id\]$/])
  t.match(linesOf('      # sallyport: allow role-wide because of this'), [
    'f:6:7: warning: allows role-wide, which there is none of on the line below; take it out [allowance-unused]',
    warning,
  ])
})

void t.test('a comment that says no warning, or no reason, allows nothing', async (t) => {
  const form = 'write # sallyport: allow CODE because REASON'
  const cases = {
    'allow path-without-id': `gives no reason; ${form}`,
    'allow path-without-id because': `gives no reason; ${form}`,
    'allow path-without-ids because of this':
      'allows no warning that is known; did you mean path-without-id?',
    'allow everything because of this': `allows no warning that is known; ${form}`,
    allow: `allows no warning that is known; ${form}`,
    'allow tenant-unpinned because of this': 'allows tenant-unpinned, which is an error: mend it',
  }
  for (const [text, message] of Object.entries(cases)) {
    t.strictSame(linesOf(`      # sallyport: ${text}`), [
      `f:6:7: warning: ${message} [allowance-invalid]`,
      warning,
    ])
  }
})

void t.test(
  'an error cannot be allowed, and while there is one no comment is left over',
  async (t) => {
    const lines = linesOf('      # sallyport: allow role-wide because of this', 'projct_id: 1')
    t.match(lines, [/^f:7:7 .* \[claim-unknown\]$/])
  },
)

void t.test('a comment at the end of the file is above nothing', async (t) => {
  const text = 'version: 1\nmachines: []\n# sallyport: allow rules-none because of this\n'
  t.match(policyLines(text), [/rules-none/, /allowance-unused/])
})
