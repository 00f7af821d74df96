import t from 'tap'
import { demo } from '../../src/commands/demo.ts'
import type { Terminal } from '../../src/commands/terminal.ts'
import type { DemoOptions } from '../../src/demo/run-demo.ts'

function terminalThatTells(lines: string[]): Terminal {
  return {
    out: (text) => lines.push(text),
    err: (text) => lines.push(text),
    environment: {},
    cwd: '/',
    isTTY: false,
    onSignal: () => {},
    version: '0.0.0',
  }
}

void t.test('options reach the demo, and its exit code comes back', async (t) => {
  const seen: DemoOptions[] = []
  const load = async () => ({
    runDemo: async (options: DemoOptions) => seen.push(options),
  })
  t.equal(await demo([], terminalThatTells([]), load), 1)
  t.equal(await demo(['--once', '--policy', 'p.yaml'], terminalThatTells([]), load), 2)
  t.same(seen, [
    { once: false, policyFile: undefined },
    { once: true, policyFile: 'p.yaml' },
  ])
})

void t.test(
  'an installation without the development packages says where the demo runs',
  async (t) => {
    const lines: string[] = []
    const absent: string = 'no-such-package'
    const load = () => import(absent)
    t.equal(await demo([], terminalThatTells(lines), load), 1)
    t.match(lines.join('\n'), /In a checkout of Sallyport: npm ci, then npm run demo/)
  },
)

void t.test('another failure to load is not explained away', async (t) => {
  const load = async () => {
    throw new SyntaxError('broken')
  }
  await t.rejects(demo([], terminalThatTells([]), load), SyntaxError)
})

void t.test('the demo itself loads, and options that do not exist are refused', async (t) => {
  await t.rejects(demo(['--twice'], terminalThatTells([])), {
    code: 'ERR_PARSE_ARGS_UNKNOWN_OPTION',
  })
  const terminal = { ...terminalThatTells([]), cwd: '/dev/null' }
  await t.rejects(demo(['--once'], terminal), { code: 'ENOTDIR' })
})
