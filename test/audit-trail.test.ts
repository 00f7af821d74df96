import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { join } from 'node:path'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { verifyJournal } from '../src/audit/verify/verify-journal.ts'
import { openAuditTrail } from '../src/audit-trail.ts'
import { parseNote } from '../src/record/signed-note.ts'
import { writeFileSync } from 'node:fs'
import { entriesIn, keptLog, sampleEntry, until } from './support/audit-files.ts'
import { auditSettings } from './support/audit-settings.ts'

const common = { version: '0.1.0', startFields: { policy_hash: 'sha256:one' }, now: Date.now }

t.test('entries are written, signed, published and sent on', async (t) => {
  const directory = t.testdir()
  const taken: { id: string }[] = []
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', (part) => (text += String(part)))
    request.on('end', () => {
      taken.push(...(JSON.parse(text) as { id: string }[]))
      response.writeHead(204).end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const secretFile = join(directory, 'secret')
  writeFileSync(secretFile, 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')
  const witness = join(directory, 'witness.txt')
  const audit = auditSettings(join(directory, 'audit'), {
    checkpoints: {
      intervalMs: 50,
      keyFile: undefined,
      origin: 'audit.test/0',
      witnesses: [{ kind: 'file', file: witness }],
    },
    exports: [
      {
        name: 'hook',
        to: 'webhook',
        format: 'native',
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
        secretFile,
        caFile: undefined,
      },
    ],
  })
  const trail = await openAuditTrail({ ...common, audit, log: keptLog().log })
  t.match(await trail.journal.append(sampleEntry('one')), { ok: true })
  await until(() => taken.length > 0)
  t.match(trail.exports(), [{ name: 'hook' }])
  t.equal(trail.witnesses().length, 1)
  await trail.close()

  const written = entriesIn(audit.directory)
  t.match(written[0], { kind: 'start', policy_hash: 'sha256:one' })
  t.same(
    taken.map(({ id }) => id).filter((id, index, all) => all.indexOf(id) === index),
    written.map(({ id }) => id),
    'all of it was sent on, the end as well',
  )
  const [first = ''] = readFileSync(witness, 'utf8').split(/(?<=\n\n— [^\n]*\n)/)
  t.match(parseNote(`${first.trimEnd()}\n`)?.text, /^audit\.test\/0\n/)
  t.match(await verifyJournal({ directory: audit.directory }), { ok: true })
})

t.test('keys of an issuer that change are recorded, and what changes nothing is not', async (t) => {
  const audit = auditSettings(join(t.testdir(), 'audit'))
  const trail = await openAuditTrail({ ...common, audit, log: keptLog().log })
  trail.issuerNews({ kind: 'claim_unknown', issuer: 'gitlab', claim: 'new' })
  const fetched = { kind: 'keys_fetched', issuer: 'gitlab', keys: 2, isRecovered: false } as const
  trail.issuerNews({ ...fetched, added: [], withdrawn: [] })
  trail.issuerNews({ ...fetched, added: ['k2'], withdrawn: ['k1'] })
  await trail.close()
  t.match(
    entriesIn(audit.directory).filter(({ kind }) => kind === 'issuer_keys'),
    [{ issuer: 'gitlab', added: ['k2'], withdrawn: ['k1'], key_count: 2 }],
  )
})

t.test('a journal that cannot be had is said at the start', async (t) => {
  const audit = auditSettings('/proc/sallyport/audit')
  await t.rejects(openAuditTrail({ ...common, audit, log: keptLog().log }), /\/proc\/sallyport/)
})
