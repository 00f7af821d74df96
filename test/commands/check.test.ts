import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { check } from '../../src/commands/check.ts'
import type { Terminal } from '../../src/commands/terminal.ts'
import { writeConfiguration } from '../support/configuration.ts'
import { recordTerminal } from '../support/recorded-terminal.ts'

/** Runs the command in a directory of its own, where it stands, and keeps what it prints. */
async function run(args: readonly string[], cwd: string, others: Partial<Terminal> = {}) {
  const { terminal, out, err } = recordTerminal()
  const code = await check(args, { ...terminal, cwd, ...others })
  return { code, out: out.join('\n'), err: err.join('\n') }
}

async function configured(t: Test, others: { listen?: string; policy?: string } = {}) {
  const directory = t.testdir()
  return { directory, config: await writeConfiguration(directory, others) }
}

const broken = 'version: 1\nmachines:\n  - name: a\n    isuer: gitlab\n    roles: [x]\n'
const wide = `version: 1
machines:
  - name: a
    issuer: gitlab
    match: { project_id: 1, ref_protected: true }
    grants: [{ namespace: n, role: worker }]
`

void t.test('files that are fine are said to be, with what is in them', async (t) => {
  const { directory, config } = await configured(t)
  const { code, out, err } = await run(['--config', config], directory)
  t.equal(code, 0)
  t.match(
    out,
    /^sallyport\.yaml: fine \(1 issuer\)\npolicy\.yaml: fine \(1 rule, sha256:[0-9a-f]{64}\)$/,
  )
  t.equal(err, '')
})

void t.test('--json says the same to a program', async (t) => {
  const { directory, config } = await configured(t)
  const { code, out } = await run(['--config', config, '--json'], directory)
  t.equal(code, 0)
  t.same(JSON.parse(out), { ok: true, errors: 0, warnings: 0, problems: [] })
})

void t.test(
  'every problem is shown at its line, from the working directory, and counted',
  async (t) => {
    const { directory, config } = await configured(t, { policy: broken })
    const { code, out } = await run(['--config', config], directory)
    t.equal(code, 1)
    t.match(
      out,
      'policy.yaml:4:5 machines[0].isuer: is not a key that is known; did you mean issuer?',
    )
    t.match(out, '  4 |     isuer: gitlab\n    |     ^')
    t.match(out, /\n\n\d+ errors$/)
    const report = JSON.parse((await run(['--config', config, '--json'], directory)).out) as {
      problems: { file: string }[]
    }
    t.match(report, { ok: false, problems: [{ file: 'policy.yaml', line: /\d/, column: /\d/ }] })
  },
)

void t.test(
  'a file elsewhere is named in full, and one that is not there is a problem',
  async (t) => {
    const { config } = await configured(t)
    t.match((await run(['--config', config], '/usr')).out, `${config}: fine`)
    const { code, out } = await run(['--config', '/nowhere/f'], '/usr')
    t.equal(code, 1)
    t.equal(out, '/nowhere/f: cannot be read (ENOENT); check the path [file-unreadable]\n\n1 error')
  },
)

void t.test('without --config it is sallyport.yaml that is meant', async (t) => {
  const { code, out } = await run([], process.cwd())
  t.equal(code, 1)
  t.match(out, /^sallyport\.yaml: cannot be read \(ENOENT\)/)
})

void t.test('warnings are shown, and are no failure unless --strict says so', async (t) => {
  const { directory, config } = await configured(t, { policy: wide })
  const lax = await run(['--config', config], directory)
  t.equal(lax.code, 0)
  t.match(lax.out, /policy\.yaml:6:36 .* \[worker-any-queue\]/)
  t.match(lax.out, /policy\.yaml: fine .*\n1 warning$/)
  t.equal((await run(['--config', config, '--strict'], directory)).code, 1)
  const fine = await configured(t)
  t.equal((await run(['--config', fine.config, '--strict'], fine.directory)).code, 0)
})

void t.test('another policy can be checked before it takes the place of the first', async (t) => {
  const { directory, config } = await configured(t)
  const next = join(directory, 'next.yaml')
  writeFileSync(next, wide.replace('worker', 'viewer'))
  const { code, out } = await run(['--config', config, '--policy', next], directory)
  t.equal(code, 0)
  t.match(out, 'next.yaml: fine (1 rule,')
  writeFileSync(next, 'version: 1\nmachines: []\n')
  t.match((await run(['--config', config, '--policy', next], directory)).out, 'fine (0 rules,')
})

void t.test('a policy can be checked where there is no service file', async (t) => {
  const directory = t.testdir({ 'policy.yaml': wide, 'broken.yaml': broken })
  const alone = await run(['--policy', join(directory, 'policy.yaml')], directory)
  t.equal(alone.code, 0)
  t.match(alone.out, /worker-any-queue/)
  t.match(alone.out, 'without --config: issuers are taken as the rules name them')
  t.equal((await run(['--policy', join(directory, 'broken.yaml')], directory)).code, 1)
})

void t.test('the environment of the terminal fills in names', async (t) => {
  const { directory, config } = await configured(t, { listen: '${ADDRESS}' })
  const unset = await run(['--config', config], directory)
  t.equal(unset.code, 1)
  t.match(unset.out, /ADDRESS/)
  const environment = { ADDRESS: '127.0.0.1:7443' }
  t.equal((await run(['--config', config], directory, { environment })).code, 0)
})

void t.test('the formats for widgets are JSON with paths from the working directory', async (t) => {
  const { directory, config } = await configured(t, { policy: wide })
  const sarif = await run(['--config', config, '--format', 'sarif'], directory)
  t.equal(sarif.code, 0)
  t.match(JSON.parse(sarif.out), {
    version: '2.1.0',
    runs: [{ tool: { driver: { version: '1.2.3' } }, results: [{ ruleId: 'worker-any-queue' }] }],
  })
  const gitlab = await run(['--config', config, '--format', 'gitlab'], directory)
  t.match(JSON.parse(gitlab.out), [{ location: { path: 'policy.yaml', lines: { begin: 6 } } }])
})

void t.test('a format that there is not is wrong usage', async (t) => {
  t.same(await run(['--format', 'srif'], '/'), {
    code: 2,
    out: '',
    err: 'sallyport check: srif is not a format; did you mean sarif?',
  })
  t.match(await run(['--format', 'checkstyle'], '/'), {
    code: 2,
    err: /write one of text, json, sarif, gitlab$/,
  })
})

void t.test('colours are for terminals whose owners want them', async (t) => {
  const { directory, config } = await configured(t, { policy: broken })
  const red = '\u001b[31m'
  const outOf = async (others: Partial<Terminal>) =>
    (await run(['--config', config], directory, others)).out.includes(red)
  t.ok(await outOf({ isTTY: true }))
  t.notOk(await outOf({ isTTY: false }))
  t.notOk(await outOf({ isTTY: true, environment: { NO_COLOR: '1' } }))
})
