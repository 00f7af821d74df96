import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, type AddressInfo } from 'node:net'
import { createServer } from 'node:tls'
import t from 'tap'
import { writeCertificates } from '../../src/demo/certificates.ts'
import { runCommand } from '../../src/demo/run-command.ts'
import { SetupFailure } from '../../src/demo/setup-failure.ts'
import { startLedgerWorker } from '../../src/demo/worker.ts'
import { startTemporal } from '../support/temporal.ts'

const { signal } = new AbortController()
const temporal = await startTemporal({ namespaces: ['payments'] })
t.teardown(temporal.stop)
const { caFile, certFile, keyFile } = await writeCertificates(t.testdir())

/** TLS in front of the server, in the place of Sallyport. */
async function startFront() {
  const [host, port] = temporal.address.split(':')
  const front = createServer({
    cert: readFileSync(certFile),
    key: readFileSync(keyFile),
    ALPNProtocols: ['h2'],
  })
  front.on('secureConnection', (caller) => {
    const server = connect({ host, port: Number(port) })
    caller.on('error', () => server.destroy())
    server.on('error', () => caller.destroy())
    caller.pipe(server).pipe(caller)
  })
  front.listen(0, '127.0.0.1')
  await once(front, 'listening')
  const { port: ownPort } = front.address() as AddressInfo
  return { address: `127.0.0.1:${ownPort}`, stop: () => front.close() }
}

const front = await startFront()
t.teardown(front.stop)
const said: string[] = []
const parts = {
  address: front.address,
  namespace: 'payments',
  taskQueue: 'ledger',
  token: 'a token',
  caFile,
  log: (line: string) => said.push(line),
}

void t.test('the worker completes a rollup, also after its token was renewed', async (t) => {
  const worker = await startLedgerWorker(parts)
  await worker.renew('another token')
  const environment = {
    PATH: process.env['PATH'],
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: 'payments',
  }
  const start = ['--type', 'LedgerRollup', '--task-queue', 'ledger', '--workflow-id', 'ledger-1']
  const args = ['workflow', 'execute', ...start]
  const { lines } = await runCommand({ file: temporal.cli, args, environment, signal })
  t.match(lines.join('\n'), /COMPLETED[\s\S]*"balanceCents":8000/)
  await worker.stop()
})

void t.test('a worker that cannot start lets go of everything', async (t) => {
  await t.rejects(startLedgerWorker({ ...parts, namespace: 'nowhere' }), SetupFailure)
  const worker = await startLedgerWorker(parts)
  await worker.stop()
})
