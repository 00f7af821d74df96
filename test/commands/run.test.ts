import t from 'tap'
import { run } from '../../src/commands/run.ts'
import { recordTerminal } from '../support/recorded-terminal.ts'

for (const args of [[], ['help'], ['--help'], ['-h'], ['check', '--help'], ['serve', '--help']]) {
  void t.test(`sallyport ${args.join(' ')} helps`, async (t) => {
    const { terminal, out, err } = recordTerminal()
    t.equal(await run(args, terminal), 0)
    t.match(out.join('\n'), /^usage: sallyport COMMAND/m)
    t.same(err, [])
  })
}

for (const name of ['version', '--version']) {
  void t.test(`sallyport ${name} says the version and nothing else`, async (t) => {
    const { terminal, out } = recordTerminal()
    t.equal(await run([name], terminal), 0)
    t.same(out, ['1.2.3'])
  })
}

for (const name of ['serv', '', 'constructor', '__proto__', '--config']) {
  void t.test(`sallyport ${JSON.stringify(name)} is wrong usage`, async (t) => {
    const { terminal, out, err } = recordTerminal()
    t.equal(await run([name], terminal), 2)
    t.same(err, [`sallyport: no command is called ${name}; see sallyport help`])
    t.same(out, [])
  })
}

for (const [args, words] of [
  [['check', '--polic', 'f'], /^sallyport check: Unknown option '--polic'/],
  [['check', '--config'], /^sallyport check: Option '--config <value>' argument missing/],
  [['check', '--json=yes'], /^sallyport check: Option '--json' does not take an argument/],
  [['check', 'file.yaml'], /^sallyport check: Unexpected argument 'file.yaml'/],
  [['serve', '-x'], /^sallyport serve: Unknown option '-x'/],
] as const) {
  void t.test(`sallyport ${args.join(' ')} is wrong usage, and says how`, async (t) => {
    const { terminal, err } = recordTerminal()
    t.equal(await run(args, terminal), 2)
    t.match(err, [words])
  })
}

void t.test('a problem that a command finds is exit code 1', async (t) => {
  const { terminal, out } = recordTerminal()
  t.equal(await run(['check', '--config', '/nowhere/sallyport.yaml'], terminal), 1)
  t.match(out, [/nowhere\/sallyport.yaml: cannot be read \(ENOENT\)/])
})

void t.test('a bug is not dressed up as wrong usage', async (t) => {
  const { terminal } = recordTerminal()
  const broken = {
    ...terminal,
    out: () => {
      throw new TypeError('a bug')
    },
  }
  await t.rejects(run(['version'], broken), { message: 'a bug' })
})
