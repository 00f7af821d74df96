import t from 'tap'
import { jobs } from '../../src/demo/jobs.ts'
import { createNarrator, describeToken } from '../../src/demo/narrate.ts'

function narrate(colour = false) {
  const lines: string[] = []
  return { lines, narrator: createNarrator({ out: (line) => lines.push(line), colour }) }
}

const time = '2026-11-23T09:14:02.113Z'
const decision = { seq: 1, kind: 'decision', time, decision_id: 'd-1', principal: 'gitlab.com/job' }

void t.test('an allowed call shows what was asked, by which rule, and how it ended', async (t) => {
  const { lines, narrator } = narrate()
  const start = {
    ...decision,
    outcome: 'allowed',
    method: 'StartWorkflowExecution',
    namespace: 'payments',
    workflow_type: 'LedgerRollup',
    task_queue: 'ledger',
    workflow_id: 'ledger-7',
    rule: 'ledger-main',
    role: 'starter',
  }
  const completion = { ...decision, kind: 'completion', grpc_status: 0, duration_ms: 9.1 }
  narrator.audit([{ decision: start, completion }])
  t.same(lines, [
    '  audit of gitlab.com/job',
    '    09:14:02.113  allowed  StartWorkflowExecution  payments  LedgerRollup on ledger as ledger-7',
    '                  by rule ledger-main (starter), OK in 9.1 ms, d-1',
  ])
})

void t.test('a refused call shows the code and the detail', async (t) => {
  const { lines, narrator } = narrate()
  const { principal: _, ...unknown } = decision
  const refused = { ...unknown, outcome: 'refused', code: 'token_expired', detail: 'too late' }
  narrator.audit([{ decision: refused, completion: undefined }])
  t.same(lines, [
    '  audit of nobody: this token proves nothing',
    '    09:14:02.113  refused  unknown method',
    '                  token_expired: too late, d-1',
  ])
})

void t.test('a call that needs no grant, and a status that has no name', async (t) => {
  const { lines, narrator } = narrate()
  const allowed = { ...decision, outcome: 'allowed', method: 'GetSystemInfo' }
  const completion = { ...decision, grpc_status: 99, duration_ms: 1 }
  narrator.audit([{ decision: allowed, completion }])
  t.match(lines[2], 'open to every valid token, status 99 in 1 ms, d-1')
})

void t.test('commands, output, progress and verdicts have their forms', async (t) => {
  const { lines, narrator } = narrate()
  narrator.line()
  narrator.line('text')
  narrator.heading('Title')
  narrator.ready('Sallyport', '127.0.0.1:7443')
  narrator.progress('installing')
  narrator.command('temporal')
  narrator.output(['one  ', ' ', 'two'], 0)
  narrator.output([], 1)
  narrator.verdict(true, 'good')
  narrator.verdict(false, 'bad')
  t.same(lines, [
    '',
    'text',
    '\nTitle',
    '  ready  Sallyport             127.0.0.1:7443',
    '  …      installing',
    '  $ temporal',
    '    one',
    '    two',
    '    (exit code 1)',
    '  as expected: good',
    '  WRONG: bad',
  ])
})

void t.test('colour only changes how it looks', async (t) => {
  const plain = narrate()
  const coloured = narrate(true)
  for (const { narrator } of [plain, coloured]) {
    narrator.verdict(true, 'good')
    narrator.verdict(false, 'bad')
    narrator.audit([{ decision: { ...decision, outcome: 'refused' }, completion: undefined }])
  }
  t.match(coloured.lines.join('\n'), '\x1b[31m')
  t.same(
    // oxlint-disable-next-line no-control-regex
    coloured.lines.map((line) => line.replaceAll(/\x1b\[\d+m/g, '')),
    plain.lines,
  )
})

void t.test('a token is described by what the policy looks at', async (t) => {
  t.match(describeToken(jobs.rollup), 'push on main (protected), fresh')
  t.match(describeToken(jobs.expired), '65 minutes old')
  t.match(describeToken(jobs.fork), 'with the code of outside-contributor/ledger-workers')
  t.match(describeToken(jobs.fork), '(not protected)')
})
