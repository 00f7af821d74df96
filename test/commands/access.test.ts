import { join } from 'node:path'
import t from 'tap'
import { access } from '../../src/commands/access.ts'
import { recordTerminal } from '../support/recorded-terminal.ts'
import { viewerPolicy, writePolicyFiles } from '../support/tested-policy.ts'

async function run(config: string, args: readonly string[] = []) {
  const { terminal, out, err } = recordTerminal()
  const code = await access(['--config', config, ...args], terminal)
  return { code, out: out.join('\n'), err: err.join('\n') }
}

t.test('the matrix comes in every format', async (t) => {
  const config = writePolicyFiles(t.testdir(), viewerPolicy)
  t.match(await run(config), { code: 0, out: /^RULE .*\n.*\nviewers/ })
  t.match(await run(config, ['--format', 'csv']), { code: 0, out: /^rule,section.*\r\nviewers,/ })
  const page = await run(config, ['--format', 'html', '--date', '1 May 2027'])
  t.match(page, { code: 0, out: /^<!doctype html>.*<dd>1 May 2027<\/dd>/s })
  t.match(await run(config, ['--format', 'html']), { out: /<dd>\d{4}-\d\d-\d\d<\/dd>/ })
  const { out } = await run(config, ['--json'])
  t.match(JSON.parse(out), {
    file: /policy\.yaml$/,
    policy_hash: /^sha256:[0-9a-f]{64}$/,
    grants: [{ rule: 'viewers', namespace: 'payments' }],
    denials: [],
  })
})

t.test('it can be of one namespace, and of another policy', async (t) => {
  const directory = t.testdir({ 'next.yaml': viewerPolicy.replace('payments', 'other') })
  const config = writePolicyFiles(directory, viewerPolicy)
  t.notMatch((await run(config, ['--namespace', 'other'])).out, 'viewers')
  const args = ['--policy', join(directory, 'next.yaml'), '--namespace', 'other']
  t.match((await run(config, args)).out, 'viewers')
})

t.test('files that cannot be used are exit code 1, and wrong usage is 2', async (t) => {
  const config = writePolicyFiles(t.testdir(), viewerPolicy.replace('viewer }', 'viewr }'))
  t.match(await run(config), { code: 1, out: '', err: /did you mean viewer\?/ })
  const { code, out } = await run('/nowhere.yaml', ['--json'])
  t.equal(code, 1)
  t.match(JSON.parse(out), { ok: false, problems: [{ code: 'file-unreadable' }] })
  t.match(await run(config, ['--format', 'pdf']), { code: 2, err: /table, csv, json or html/ })
})
