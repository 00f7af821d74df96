import t from 'tap'
import { createLog } from '../src/log.ts'
import { runOutsideTap, root } from './support/outside-tap.ts'

function kept(level: 'debug' | 'info' | 'warn' | 'error' | 'silent') {
  const lines: string[] = []
  const log = createLog({ level, destination: { write: (line) => void lines.push(line) } })
  return { log, lines }
}

void t.test(
  'a line is JSON with its level by name and its time in UTC, and nothing of the machine',
  async (t) => {
    const { log, lines } = kept('info')
    log.info({ policy_hash: 'sha256:one' }, 'serving')
    const line = JSON.parse(lines[0] ?? '') as Record<string, unknown>
    t.match(line, { level: 'info', policy_hash: 'sha256:one', msg: 'serving' })
    t.equal(line['time'], new Date(String(line['time'])).toISOString())
    t.same(Object.keys(line).toSorted(), ['level', 'msg', 'policy_hash', 'time'])
  },
)

void t.test('what is named like a secret is taken out', async (t) => {
  const { log, lines } = kept('info')
  const authorization = 'Bearer a-secret'
  log.info({ authorization, token: 'a-secret', credential: { token: 'a-secret' } })
  log.info({ headers: { authorization }, req: { headers: { authorization } } })
  log.info({ call: { authorization, token: 'a-secret', credential: 'a-secret' } })
  t.notMatch(lines.join(''), 'a-secret')
  t.equal(lines.join('').match(/\[redacted\]/g)?.length, 8)
})

void t.test('lines below the level are not written', async (t) => {
  const { log, lines } = kept('warn')
  log.info('no')
  log.warn('yes')
  t.match(lines, [/yes/])
  const silent = kept('silent')
  silent.log.fatal('no')
  t.same(silent.lines, [])
})

void t.test('without a destination lines go to standard output', async (t) => {
  t.equal(createLog({ level: 'silent' }).level, 'silent')
  const source = `import { createLog } from '${root}src/log.ts'; createLog({ level: 'info' }).info('x')`
  const node = process.execPath
  const { stdout } = await runOutsideTap(root, node, '--input-type=module', '-e', source)
  t.match(JSON.parse(stdout), { level: 'info', msg: 'x' })
})
