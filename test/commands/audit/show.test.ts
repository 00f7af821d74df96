import { hash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { auditShow } from '../../../src/commands/audit/show.ts'
import { writeChain } from '../../support/chained-entries.ts'
import { recordedCall } from '../../support/recorded-calls.ts'
import { recordTerminal } from '../../support/recorded-terminal.ts'
import { sampleEntries as samples } from '../../support/sample-entries.ts'
import { policyOf, viewerPolicy, writePolicyFiles } from '../../support/tested-policy.ts'

const other = viewerPolicy.replace('payments', 'treasury')

const place = { replica: 'sallyport-0', version: '0.1.0' }

/** A journal with a call that the viewers' policy allowed, one of another kind, and a checkpoint. */
function prepare(t: Test) {
  const directory = t.testdir({ audit: {} })
  const config = writePolicyFiles(directory, viewerPolicy)
  const audit = join(directory, 'audit')
  const listed = { method: 'ListWorkflowExecutions', policy: policyOf(viewerPolicy) }
  const { identity, decision } = recordedCall({ ...listed, id: 'd-1' })
  const policyHash = `sha256:${hash('sha256', viewerPolicy)}`
  const { decision: polled } = recordedCall({ ...listed, id: 'd-2' })
  const whole = { ...polled, kind: 'completion', level: 'completion', decision: 'allowed' }
  writeChain(audit, [
    { ...identity, ...place },
    { ...decision, ...place, policy_hash: policyHash },
    { ...samples.completed, decision_id: 'd-1' },
    { ...whole, outcome: 'completed', ...place },
    samples.policy,
    { ...samples.checkpoint, size: 5 },
  ])
  const next = join(directory, 'next.yaml')
  writeFileSync(next, other)
  return { config, audit, policy: join(directory, 'policy.yaml'), next }
}

async function shown(args: readonly string[], environment = {}) {
  const { terminal, out, err } = recordTerminal(environment)
  const code = await auditShow(args, terminal)
  return { code, out: out.join('\n'), err: err.join('\n') }
}

t.test('a call is shown with why, by the policy at hand', async (t) => {
  const { audit, policy, next } = prepare(t)
  const { code, out, err } = await shown(['d-1', audit, '--policy', policy])
  t.strictSame([code, err], [0, ''])
  t.match(out, /^ListWorkflowExecutions payments.* allowed\n/)
  t.match(out, /explanation {2}by the policy that was in force then\nallowed by the rule viewers/)
  t.match(out, /signed +signed with the checkpoint/)
  const changed = await shown([audit, 'd-1', '--policy', next])
  t.match(changed.out, /by .*next.yaml, which is not the policy that was in force then\nrefused/)
})

t.test('the journal and the policy are those of the service file', async (t) => {
  const { audit, config } = prepare(t)
  const { code, out } = await shown(['d-1', '--config', config], { AUDIT_DIRECTORY: audit })
  t.equal(code, 0)
  t.match(out, /allowed by the rule viewers/)
})

t.test('without a policy the page stands alone, and says how to get one', async (t) => {
  const { audit } = prepare(t)
  const { code, out } = await shown(['2', audit])
  t.equal(code, 0)
  t.match(out, /explanation {2}none: name the policy with --policy FILE or --config FILE$/)
})

t.test('a call with one entry is explained, too', async (t) => {
  const { audit, policy } = prepare(t)
  const { out } = await shown(['d-2', audit, '--policy', policy])
  t.match(out, /allowed by the rule viewers/)
  t.match(out, /d-2 at .*: allowed by the rule viewers, and the call completed/)
})

t.test('what cannot be decided on again is told as it was', async (t) => {
  const { policy, audit } = prepare(t)
  const directory = join(audit, 'other')
  mkdirSync(directory)
  writeChain(directory, [samples.allowed])
  const { code, out } = await shown(['d-7Kq2', directory, '--policy', policy])
  t.equal(code, 0)
  t.match(
    out,
    /explanation {2}as it was recorded; .*policy\.yaml was not asked\nallowed by the rule/,
  )
  t.match(out, /it cannot be decided on again/)
  t.match(out, / {2}call {4}StartWorkflowExecution\n/)
  t.notMatch(out, /policy given|version does not know/)
})

t.test('a call that never came before the policy has no other verdict', async (t) => {
  const { policy, audit } = prepare(t)
  const directory = join(audit, 'early')
  mkdirSync(directory)
  writeChain(directory, [samples.unverified, samples.noMethod])
  const names = [samples.unverified, samples.noMethod].map((entry) => entry['decision_id'])
  t.notSame(names[0], names[1])
  for (const name of ['1', '2']) {
    const { code, out } = await shown([name, directory, '--policy', policy])
    t.equal(code, 0)
    t.match(out, /as it was recorded; .* was not asked\nrefused: /)
    t.notMatch(out, /policy given/)
  }
})

t.test('an entry that is about no call has no explanation', async (t) => {
  const { audit, policy } = prepare(t)
  const { code, out } = await shown(['5', audit, '--policy', policy])
  t.equal(code, 0)
  t.notMatch(out, /explanation/)
})

t.test('--json has the entries as they are, and the explanation', async (t) => {
  const { audit, policy } = prepare(t)
  const call = JSON.parse((await shown(['d-1', audit, '--policy', policy, '--json'])).out)
  t.match(call, {
    seq: 2,
    line_sha256: /^[0-9a-f]{64}$/,
    decision: { kind: 'decision', decision_id: 'd-1' },
    completion: { outcome: 'completed' },
    identity: { kind: 'identity' },
    checkpoint: { size: 5 },
    lines: [
      { what: 'identity', seq: 1 },
      { what: 'decision', seq: 2, sha256: call.line_sha256 },
      { what: 'completion', seq: 3, sha256: /^[0-9a-f]{64}$/ },
    ],
    same_policy: true,
    decided_again: true,
    explanation: { outcome: 'allowed', rule: 'viewers' },
  })
  const alone = JSON.parse((await shown(['5', audit, '--json'])).out)
  t.match(alone, { seq: 5, entry: { kind: 'policy' } })
  t.notOk('explanation' in JSON.parse((await shown(['d-1', audit, '--json'])).out))
})

t.test('what is not there is said to be so, with 1', async (t) => {
  const { audit } = prepare(t)
  t.match(await shown(['d-9', audit]), {
    code: 1,
    err: /d-9 is not in .*; each replica has a journal/,
  })
})

t.test('what cannot be meant is said, with 2', async (t) => {
  const { audit } = prepare(t)
  const rows: [string[], RegExp][] = [
    [[], /say what to show: sallyport audit show ID \[DIRECTORY\]/],
    [['d-1', audit, 'more'], /say what to show/],
    [[audit, 'what'], /is no name of an entry; write what the caller was told/],
    [['d-1', '/nowhere'], /\/nowhere cannot be read/],
    [['d-1', audit, '--policy', '/nowhere'], /--policy \/nowhere cannot be read/],
  ]
  for (const [args, message] of rows)
    t.match(await shown(args), { code: 2, err: message }, args.join(' '))
})

t.test('a bug is no wrong usage', async (t) => {
  const { audit } = prepare(t)
  const { terminal } = recordTerminal()
  const environment = new Proxy(
    {},
    {
      get: () => {
        throw new Error('a bug')
      },
    },
  )
  const config = join(audit, '..', 'sallyport.yaml')
  await t.rejects(
    auditShow(['d-1', audit, '--config', config], { ...terminal, environment }),
    /a bug/,
  )
})
