import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { createWitnesses } from '../../src/export/witness.ts'
import { keptLog, until } from '../support/audit-files.ts'
import { startReceiver } from '../support/receiver.ts'
import { secretFileFor, webhookSecret } from '../support/webhook-settings.ts'

const note = 'origin\n7\ndigest\n\n— origin signature\n'

t.test('a checkpoint goes to every witness, signed where it is posted', async (t) => {
  const { url, posted } = await startReceiver(t)
  const directory = t.testdir()
  const file = join(directory, 'checkpoints')
  const { log, lines } = keptLog()
  const witnesses = createWitnesses({
    witnesses: [
      { kind: 'file', file },
      { kind: 'webhook', url, secretFile: secretFileFor(t), caFile: undefined },
    ],
    log,
    version: '1.2.3',
  })
  witnesses.publish(note)
  await witnesses.close()
  t.equal(readFileSync(file, 'utf8'), `${note}\n`)
  const [{ body, headers } = { body: '', headers: {} }] = posted
  t.equal(body, note)
  t.match(headers, {
    'content-type': 'text/plain; charset=utf-8',
    'user-agent': 'sallyport/1.2.3',
    'webhook-id': /^checkpoint_[0-9a-f]{32}$/,
  })
  const content = [headers['webhook-id'], headers['webhook-timestamp'], note].join('.')
  const signature = createHmac('sha256', webhookSecret).update(content).digest('base64')
  t.equal(headers['webhook-signature'], `v1,${signature}`)
  t.match(witnesses.states(), [
    { name: 'file-1', published: 1 },
    { name: 'webhook-2', published: 1 },
  ])
  t.same(lines(), [])
})

t.test('one that is away keeps nothing from the others', async (t) => {
  const directory = t.testdir()
  const [away, there] = [join(directory, 'gone/checkpoints'), join(directory, 'checkpoints')]
  const { log } = keptLog()
  const witnesses = createWitnesses({
    witnesses: [
      { kind: 'file', file: away },
      { kind: 'file', file: there },
    ],
    log,
    version: '1',
    now: () => 0,
  })
  witnesses.publish(note)
  await until(() => witnesses.states()[1]?.published === 1)
  await until(() => (witnesses.states()[0]?.failures ?? 0) > 0)
  t.match(witnesses.states()[0], { published: 0, waiting: 1, lastError: /ENOENT/ })
  await witnesses.close()
})

t.test('without a witness, publishing does nothing', async (t) => {
  const witnesses = createWitnesses({ witnesses: [], log: keptLog().log, version: '1' })
  witnesses.publish(note)
  t.same(witnesses.states(), [])
  await witnesses.close()
})
