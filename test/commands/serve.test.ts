import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { serve } from '../../src/commands/serve.ts'
import { framedEntriesIn, until } from '../support/audit-files.ts'
import { writeConfiguration } from '../support/configuration.ts'
import { recordTerminal } from '../support/recorded-terminal.ts'

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  void t.test(`it serves until ${signal}, and is not ended by SIGHUP`, async (t) => {
    const directory = t.testdir()
    const config = await writeConfiguration(directory)
    const { terminal, err, signal: send } = recordTerminal()
    const served = serve(['--config', config], terminal)
    const kinds = () => framedEntriesIn(join(directory, 'audit')).map(({ kind }) => kind)
    await until(() => {
      try {
        return kinds().includes('start')
      } catch {
        return false
      }
    })
    send('SIGHUP')
    await new Promise((resolve) => setImmediate(resolve))
    t.same(kinds(), ['start'])
    send(signal)
    t.equal(await served, 0)
    t.same(kinds(), ['start', 'stop'])
    t.same(err, [])
  })
}

void t.test(
  'a configuration that is wrong is told with every problem, and nothing starts',
  async (t) => {
    const policy = 'version: 1\nmachines:\n  - name: a\n    isuer: gitlab\n    roles: [x]\n'
    const config = await writeConfiguration(t.testdir(), { policy })
    const { terminal, err } = recordTerminal()
    t.equal(await serve(['--config', config], terminal), 1)
    t.ok(err.length > 1)
    t.ok(err.every((line) => /policy\.yaml:\d+:\d+ machines\[0\]/.test(line)))
  },
)

void t.test('SIGHUP has the policy read again', async (t) => {
  const directory = t.testdir()
  // With a warning to log: nothing is granted to anybody.
  const config = await writeConfiguration(directory, { policy: 'version: 1\nmachines: []\n' })
  const { terminal, signal: send } = recordTerminal()
  const onSignal: typeof terminal.onSignal = (handler) => {
    terminal.onSignal(handler)
    // Before the service is there, a signal is about nothing.
    handler('SIGHUP')
  }
  const served = serve(['--config', config], { ...terminal, onSignal })
  const entries = () => {
    try {
      return framedEntriesIn(join(directory, 'audit'))
    } catch {
      return []
    }
  }
  const policies = () => entries().filter(({ kind }) => kind === 'policy')
  await until(() => entries().length > 0)
  writeFileSync(
    join(directory, 'policy.yaml'),
    'version: 1\ndenials: [{ name: a, match: { user_id: 1 } }]\n',
  )
  await until(() => {
    send('SIGHUP')
    return policies().length > 0
  })
  t.match(policies(), [{ outcome: 'allowed', denial_count: 1, added: { names: ['a'] } }])
  send('SIGTERM')
  t.equal(await served, 0)
})

void t.test('a policy whose tests fail does not start', async (t) => {
  const directory = t.testdir()
  const config = await writeConfiguration(directory)
  writeFileSync(join(directory, 'policy.test.yaml'), 'version: 1\nidentities: {}\ntests: [1]\n')
  const { terminal, err } = recordTerminal()
  t.equal(await serve(['--config', config], terminal), 1)
  t.match(err, [/policy\.test\.yaml:3:9/, /^sallyport cannot start: the tests beside the policy/])
})

void t.test('what keeps it from starting is told in one line', async (t) => {
  const squatter = createServer().listen(0, '127.0.0.1')
  t.teardown(() => squatter.close())
  await once(squatter, 'listening')
  const listen = `127.0.0.1:${(squatter.address() as AddressInfo).port}`
  const config = await writeConfiguration(t.testdir(), { listen })
  const { terminal, err } = recordTerminal()
  t.equal(await serve(['--config', config], terminal), 1)
  t.match(err, [`sallyport cannot start: listen EADDRINUSE: address already in use ${listen}`])
})
