import t from 'tap'
import { readOptions } from '../../../src/commands/explain/options.ts'

const asked = ['--claims', 'c.json', '--method', 'StartWorkflowExecution']

void t.test('a question about claims and a call made up of flags', async (t) => {
  const flags = ['--namespace', 'n', '--workflow-type', 't', '--task-queue', 'q']
  const rest = ['--workflow-id', 'w', '--handler', 'h', '--issuer', 'i', '--json']
  t.same(readOptions([...asked, ...flags, ...rest]), {
    configFile: 'sallyport.yaml',
    policyFile: undefined,
    json: true,
    question: {
      kind: 'asked',
      subject: { kind: 'claims', file: 'c.json', issuer: 'i' },
      call: {
        method: 'StartWorkflowExecution',
        requestFile: undefined,
        fields: {
          namespace: 'n',
          workflowType: 't',
          taskQueue: 'q',
          workflowId: 'w',
          handler: 'h',
        },
      },
    },
  })
})

void t.test('a question about a token and a request', async (t) => {
  const args = ['--token-file', 't', '--method', 'M', '--request', 'r.json', '--policy', 'p.yaml']
  t.match(readOptions(args), {
    configFile: undefined,
    policyFile: 'p.yaml',
    json: false,
    question: {
      subject: { kind: 'token', file: 't' },
      call: { method: 'M', requestFile: 'r.json' },
    },
  })
})

void t.test('a question about a decision of the journal', async (t) => {
  t.match(readOptions(['--decision', 'd-1', '--config', 'c', '--policy', 'p']), {
    configFile: 'c',
    policyFile: 'p',
    question: { kind: 'recorded', id: 'd-1', journal: undefined },
  })
  t.match(readOptions(['--decision', 'd-1', '--journal', 'audit']).question, { journal: 'audit' })
})

void t.test('options that do not make one question are wrong usage', async (t) => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [[], /one of --claims FILE, --token-file FILE and --decision ID/],
    [[...asked, '--token-file', 't'], /one of --claims/],
    [['--claims', 'c'], /say what is called with --method/],
    [[...asked, '--request', 'r', '--workflow-type', 't'], /leave out --workflow-type/],
    [[...asked, '--journal', 'j'], /add --decision ID/],
    [['--decision', 'd', '--method', 'M'], /leave out --method/],
    [['--decision', 'd', '--handler', 'h'], /leave out --handler/],
  ]
  for (const [args, message] of cases) {
    t.throws(() => readOptions(args), { name: 'UsageError', message })
  }
  t.throws(() => readOptions(['--colour']), { code: 'ERR_PARSE_ARGS_UNKNOWN_OPTION' })
})
