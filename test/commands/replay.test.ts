import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { run } from '../../src/commands/run.ts'
import { recordTerminal } from '../support/recorded-terminal.ts'
import { recordedCall } from '../support/recorded-calls.ts'
import { policyOf, viewerPolicy, writePolicyFiles } from '../support/tested-policy.ts'

const other = viewerPolicy.replace('payments', 'treasury')

/** A journal with one call that the viewers' policy allowed, beside the files of a service. */
function prepare(t: Test) {
  const directory = t.testdir({ audit: {} })
  const config = writePolicyFiles(directory, viewerPolicy)
  const listed = { method: 'ListWorkflowExecutions', policy: policyOf(viewerPolicy) }
  const { identity, decision } = recordedCall({ ...listed, at: Date.parse('2026-11-23T09:00:00Z') })
  const audit = join(directory, 'audit')
  const lines = [identity, decision].map((entry) => `${JSON.stringify(entry)}\n`)
  writeFileSync(join(audit, '000000000001.jsonl'), lines.join(''))
  const [same, stricter] = [join(directory, 'policy.yaml'), join(directory, 'next.yaml')]
  writeFileSync(stricter, other)
  return { config, audit, same, stricter }
}

async function replay(args: readonly string[], isTTY = false, environment = {}) {
  const { terminal, out, err } = recordTerminal(environment)
  const code = await run(['replay', ...args], { ...terminal, isTTY })
  return { code, out: out.join('\n'), err: err.join('\n') }
}

t.test('a policy that decides as before exits with 0', async (t) => {
  const { audit, same } = prepare(t)
  const { code, out, err } = await replay(['--policy', same, '--journal', audit])
  t.same([code, err], [0, ''])
  t.match(out, /decided again on 1 call .*: none would flip/)
})

t.test('a policy that would decide otherwise exits with 1, and says on what', async (t) => {
  const { audit, stricter } = prepare(t)
  const { code, out } = await replay(['--policy', stricter, '--journal', audit])
  t.equal(code, 1)
  t.match(out, /rule viewers\n {4}1 call of acme\/ledger: ListWorkflowExecutions in payments/)
  t.notMatch(out, '\u001b')
  const json = await replay(['--json', '--policy', stricter, audit])
  t.equal(json.code, 1)
  t.match(JSON.parse(json.out), { ok: false, flips: 1, policy: stricter, groups: [{ count: 1 }] })
})

t.test('every call that would flip is listed, on a line of its own', async (t) => {
  const { audit, stricter } = prepare(t)
  const args = ['--list', '--policy', stricter, '--journal', audit]
  const [line] = (await replay(args)).out.split('\n')
  t.match(line, /^2026-11-23T09:00:00.000Z {2}d-\w+ {2}allowed -> refused {2}not_granted {2}List/)
  const [object] = (await replay(['--json', ...args])).out.split('\n')
  t.match(JSON.parse(object ?? ''), { from: 'allowed', to: 'refused', code: 'not_granted' })
  const wider = join(audit, '..', 'refused.jsonl')
  const { identity, decision } = recordedCall({
    method: 'ListWorkflowExecutions',
    policy: policyOf(other),
  })
  writeFileSync(wider, `${JSON.stringify(identity)}\n${JSON.stringify(decision)}\n`)
  const same = join(audit, '..', 'policy.yaml')
  const allowed = await replay(['--list', '--policy', same, '--journal', wider])
  t.match(allowed.out, /refused -> allowed {2}viewers {2}List/)
})

t.test(
  'the journal and the issuers are those of the service file, unless others are named',
  async (t) => {
    const { config, audit, stricter } = prepare(t)
    const args = ['--config', config, '--policy', stricter]
    t.match(await replay(args, false, { AUDIT_DIRECTORY: audit }), { code: 1, out: /1 would flip/ })
    t.match(await replay([...args, '--journal', audit], false, { AUDIT_DIRECTORY: '/nowhere' }), {
      code: 1,
    })
  },
)

t.test('a time span is kept to', async (t) => {
  const { audit, stricter } = prepare(t)
  const args = ['--policy', stricter, '--journal', audit]
  t.match(await replay([...args, '--since', '2026-11-24']), { code: 0, out: /no recorded call/ })
  t.match(await replay([...args, '--until', '2026-11-24']), { code: 1 })
})

t.test('colour is for terminals, and for those who want it', async (t) => {
  const { audit, stricter } = prepare(t)
  const args = ['--policy', stricter, '--journal', audit]
  t.match((await replay(args, true)).out, '\u001b[31m1 would flip')
  t.notMatch((await replay(args, true, { NO_COLOR: '1' })).out, '\u001b')
})

t.test('a journal that breaks off is said to do so', async (t) => {
  const { same, audit } = prepare(t)
  mkdirSync(join(audit, '000000000002.jsonl'))
  const args = ['--policy', same, '--journal', audit]
  t.match(await replay(args), { code: 2, err: /the journal cannot be read \(EISDIR\)/ })
})

t.test('a terminal that is gone is no wrong usage', async (t) => {
  const { audit, same } = prepare(t)
  const { terminal } = recordTerminal()
  const out = () => {
    throw new Error('gone')
  }
  await t.rejects(run(['replay', '--policy', same, audit], { ...terminal, out }), /gone/)
})

t.test('what keeps the question from being asked is said, with 2', async (t) => {
  const { audit, same } = prepare(t)
  const wrong: [string[], RegExp][] = [
    [['--journal', audit], /name the policy with --policy FILE/],
    [['--policy', same, '--journal', audit, '--since', 'soon'], /--since soon is no time; write/],
    [
      ['--policy', same, '--journal', '/nowhere'],
      /the journal \/nowhere cannot be read \(ENOENT\)/,
    ],
    [['--policy', '/nowhere', '--journal', audit], /--policy \/nowhere cannot be read/],
    [['--policy', same], /--config sallyport\.yaml cannot be read/],
    [['--what'], /--what/],
  ]
  for (const [args, message] of wrong) {
    t.match(await replay(args), { code: 2, out: '', err: message }, args.join(' '))
  }
})
