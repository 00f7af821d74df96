import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { explain } from '../../src/commands/explain.ts'
import { samplePolicy } from '../support/explain.ts'
import { gitlabClaimSets } from '../support/issuer.ts'
import { startSallyport } from '../support/sallyport.ts'

async function run(args: readonly string[], options: { isTTY?: boolean; NO_COLOR?: string } = {}) {
  const lines: string[] = []
  const errors: string[] = []
  const { isTTY = false, NO_COLOR } = options
  const code = await explain(args, {
    out: (text) => void lines.push(text),
    err: (text) => void errors.push(text),
    environment: { NO_COLOR },
    cwd: '/',
    isTTY,
    onSignal: () => {},
    version: '0',
  })
  return { code, out: lines.join('\n'), err: errors.join('\n') }
}

/** Options that name a policy and claims, and say that a ledger is started. */
function startOptions(t: Test, claims: object = {}): string[] {
  const set = { ...gitlabClaimSets.get('protected-branch-push'), ...claims }
  const directory = t.testdir({ 'policy.yaml': samplePolicy, 'claims.json': JSON.stringify(set) })
  const files = [
    '--policy',
    join(directory, 'policy.yaml'),
    '--claims',
    join(directory, 'claims.json'),
  ]
  const call = ['--method', 'StartWorkflowExecution', '--namespace', 'payments']
  return [...files, ...call, '--workflow-type', 'LedgerRollup', '--workflow-id', 'ledger-7']
}

void t.test('0 for allowed, 1 for refused, 2 where there is no answer', async (t) => {
  t.match(await run(startOptions(t)), { code: 0, out: /^allowed by the rule main/, err: '' })
  t.match(await run(startOptions(t, { ref: 'dev' })), {
    code: 1,
    out: /^refused: not_granted/,
    err: '',
  })
  t.match(await run(['--claims', 'c']), {
    code: 2,
    out: '',
    err: /^sallyport explain: say what is called/,
  })
  const [policy = '', file = ''] = startOptions(t)
  t.match(await run([policy, file, '--decision', 'd-1']), {
    code: 2,
    err: /say where the journal is/,
  })
  await t.rejects(run(['--colour']), { code: 'ERR_PARSE_ARGS_UNKNOWN_OPTION' })
})

void t.test('a request that is of the wrong kind is wrong usage', async (t) => {
  const request = join(t.testdir({ 'request.json': '[]' }), 'request.json')
  const options = startOptions(t).slice(0, 8)
  writeFileSync(request, '[]')
  t.match(await run([...options, '--request', request]), {
    code: 2,
    err: /the request must be an object/,
  })
})

void t.test('JSON for tools', async (t) => {
  const { code, out } = await run([...startOptions(t, { ref: 'dev' }), '--json'])
  t.equal(code, 1)
  t.match(JSON.parse(out), { outcome: 'refused', code: 'not_granted', rules: [], verbs: ['start'] })
})

void t.test('colour for a terminal, unless NO_COLOR is set', async (t) => {
  const options = startOptions(t)
  t.ok((await run(options, { isTTY: true })).out.startsWith('\u001b[32mallowed'))
  t.match((await run(options, { isTTY: true, NO_COLOR: '1' })).out, /^allowed/)
})

void t.test('a token is explained and never printed', async (t) => {
  const { issuer, directory } = await startSallyport(t, {
    machines: samplePolicy.slice(samplePolicy.indexOf('  - name'), samplePolicy.indexOf('denials')),
    upstreamAddress: '127.0.0.1:1',
  })
  const token = issuer.mint({ aud: 'somebody-else' })
  writeFileSync(join(directory, 'token'), token)
  const config = ['--config', join(directory, 'sallyport.yaml')]
  const rest = ['--token-file', join(directory, 'token'), '--method', 'GetSystemInfo']
  for (const json of [[], ['--json']]) {
    const { code, out } = await run([...config, ...rest, ...json])
    t.equal(code, 1)
    t.match(out, /audience_mismatch/)
    for (const part of token.split('.')) t.notMatch(out, part)
  }
})

void t.test('a call that really happened is explained by its decision id', async (t) => {
  const running = await startSallyport(t, {
    machines: samplePolicy.slice(samplePolicy.indexOf('  - name'), samplePolicy.indexOf('denials')),
    upstreamAddress: '127.0.0.1:1',
  })
  const request = {
    namespace: 'payments',
    workflowId: 'Ledger-7',
    workflowType: { name: 'LedgerRollup' },
  }
  await running.caller().call('StartWorkflowExecution', request)
  await running.caller('not-a-token').call('StartWorkflowExecution', request)
  const entries = await running.entriesWhen(2)
  const ids = entries.flatMap(({ decision_id: id }) => (typeof id === 'string' ? [id] : []))
  const config = ['--config', join(running.directory, 'sallyport.yaml')]

  const refused = await run([...config, '--decision', ids[0] ?? ''])
  t.equal(refused.code, 1)
  t.match(refused.out, /then {4}d-\w+ at .*: refused \(not_granted\)/)
  t.match(refused.out, /workflow_ids Ledger-7 differs from ledger-\* in case only/)
  t.notMatch(refused.out, /another policy/)
  const bad = await run([...config, '--decision', ids[1] ?? ''])
  t.match(bad, { code: 1, out: /^refused: credential_malformed/ })

  const file = join(running.directory, 'policy.yaml')
  const corrected = readFileSync(file, 'utf8').replace('"ledger-*"', '"ledger-*", Ledger-7')
  writeFileSync(file, corrected)
  const allowed = await run([...config, '--decision', ids[0] ?? ''])
  t.equal(allowed.code, 0)
  t.match(allowed.out, /^allowed by the rule main/)
  t.match(allowed.out, /another policy was in force then/)

  const journal = join(running.directory, 'old.jsonl')
  const decision = entries.find(({ kind }) => kind === 'decision')
  writeFileSync(journal, `${JSON.stringify(decision)}\n`)
  const lost = await run(['--policy', file, '--journal', journal, '--decision', ids[0] ?? ''])
  t.match(lost, { code: 1, out: /cannot be decided on again/ })
})
