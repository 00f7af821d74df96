import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { test } from '../../src/commands/test.ts'
import type { Terminal } from '../../src/commands/terminal.ts'
import { recordTerminal } from '../support/recorded-terminal.ts'
import { viewerPolicy, viewerTests, writePolicyFiles } from '../support/tested-policy.ts'

async function run(config: string, args: readonly string[] = [], others: Partial<Terminal> = {}) {
  const { terminal, out, err } = recordTerminal()
  const code = await test(['--config', config, ...args], { ...terminal, ...others })
  return { code, out: out.join('\n'), err: err.join('\n') }
}

t.test('the tests beside the policy are run', async (t) => {
  const config = writePolicyFiles(t.testdir(), viewerPolicy, viewerTests)
  t.strictSame(await run(config, ['--require-coverage']), {
    code: 0,
    out: 'ok      main reads\n\n1 test, 0 failed\n1 of 1 rules, grants and denials decided a test',
    err: '',
  })
})

t.test('a test that fails is exit code 1, in every format', async (t) => {
  const failing = viewerTests.replace('namespace: payments', 'namespace: other')
  const config = writePolicyFiles(t.testdir(), viewerPolicy, failing)
  t.match(await run(config), { code: 1, out: /^not ok {2}main reads/ })
  t.match(await run(config, ['--format', 'tap']), {
    code: 1,
    out: /^TAP version 14\n1\.\.1\nnot ok/,
  })
  t.match(await run(config, ['--format', 'junit']), { code: 1, out: /^<\?xml.*failures="1"/s })
  const { code, out } = await run(config, ['--json'])
  t.equal(code, 1)
  t.match(JSON.parse(out), { ok: false, tests: [{ passed: false }] })
})

t.test('a rule that decides no test fails only where coverage is required', async (t) => {
  const more = `${viewerPolicy}denials: [{ name: left, match: { user_id: 9 } }]\n`
  const config = writePolicyFiles(t.testdir(), more, viewerTests)
  t.match(await run(config), { code: 0, out: /no test was decided by the denial left/ })
  t.match(await run(config, ['--require-coverage']), { code: 1 })
})

t.test('another policy, and another file of tests, can be named', async (t) => {
  const directory = t.testdir()
  const config = writePolicyFiles(directory, 'version: 1\n')
  const policy = join(directory, 'next.yaml')
  writeFileSync(policy, viewerPolicy)
  writeFileSync(join(directory, 'next.test.yaml'), viewerTests)
  t.match(await run(config, ['--policy', policy]), { code: 0 })
  writeFileSync(join(directory, 'more.yaml'), viewerTests.replace('main reads', 'more'))
  const named = [join(directory, 'more.yaml'), '--policy', policy]
  t.match(await run(config, named), { code: 0, out: /^ok {6}more/ })
})

t.test('files that cannot be used are exit code 1, and nothing on standard output', async (t) => {
  const directory = t.testdir()
  const config = writePolicyFiles(directory, viewerPolicy)
  t.match(await run(config), { code: 1, out: '', err: /policy\.test\.yaml: cannot be read/ })
  t.match(await run(join(directory, 'x.yaml')), { code: 1, err: /name the service file/ })
  const { code, out } = await run(config, ['--policy', config, '--json'])
  t.equal(code, 1)
  t.match(JSON.parse(out), { ok: false, problems: [{ severity: 'error' }] })
})

t.test('wrong usage is exit code 2', async (t) => {
  t.match(await run('x', ['--format', 'xml']), {
    code: 2,
    err: /write --format text, tap or junit/,
  })
  t.match(await run('x', ['a', 'b']), { code: 2, err: /give one test file/ })
})

t.test('colour only on a terminal, and not against its owner', async (t) => {
  const config = writePolicyFiles(t.testdir(), viewerPolicy, viewerTests)
  t.ok((await run(config, [], { isTTY: true })).out.startsWith('\u001B[32mok\u001B[39m '))
  t.match((await run(config, [], { isTTY: true, environment: { NO_COLOR: '1' } })).out, /^ok/)
})
