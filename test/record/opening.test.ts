import { generateKeyPairSync } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { segmentPath } from '../../src/record/directory.ts'
import { takeLock } from '../../src/record/lock.ts'
import { openFiles, type FilesOptions } from '../../src/record/opening.ts'
import { entriesIn, keptLog, sampleEntry } from '../support/audit-files.ts'

const signed = { intervalMs: 1000, keyFile: undefined, origin: undefined }

function optionsFor(directory: string, others: Partial<FilesOptions> = {}): FilesOptions {
  return {
    directory,
    durability: 'buffered',
    replica: 'sallyport-0',
    version: '0.1.0',
    log: keptLog().log,
    now: () => Date.parse('2026-11-23T09:14:02.113Z'),
    ...others,
  }
}

void t.test('a new directory is made, locked and ready to be written', async (t) => {
  const directory = join(t.testdir(), 'audit')
  const files = await openFiles(optionsFor(directory))
  t.throws(() => takeLock(directory), { message: /in use/ })
  t.match(files, { repairedBytes: 0, legacy: { openCalls: [] }, signing: undefined })
  await files.writer.write([{ ...sampleEntry(1), outcome: 'allowed' }, sampleEntry(2)])
  t.equal(files.durable.seq(), 2)
  t.strictSame(files.openCalls.state(), { count: 1, oldestSeq: 1 })
  t.match(entriesIn(directory), [{ seq: 1, replica: 'sallyport-0', version: '0.1.0' }, { seq: 2 }])
  files.writer.close()
  t.strictSame(readdirSync(directory), ['000000000001.jsonl', 'journal.lock'])
})

void t.test(
  'what the process before left is found, and complete segments are counted',
  async (t) => {
    const directory = t.testdir()
    const segments = { bytesMax: 1, ageMaxMs: 1e9 }
    const before = await openFiles(optionsFor(directory, { segments }))
    for (const name of [1, 2, 3]) {
      await before.writer.write([{ ...sampleEntry(name), outcome: 'allowed' }])
    }
    t.equal(before.complete.count(), 2)
    before.writer.close()
    writeFileSync(segmentPath(directory, 4), '{"torn')
    const files = await openFiles(optionsFor(directory, { segments }))
    t.match(files, { repairedBytes: 6, legacy: { openCalls: ['d-1', 'd-2', 'd-3'] } })
    t.equal(files.complete.count(), 2)
    files.writer.close()
  },
)

void t.test('a removal that a crash cut short is finished', async (t) => {
  const directory = t.testdir()
  const segments = { bytesMax: 1, ageMaxMs: 1e9 }
  const { writer } = await openFiles(optionsFor(directory, { segments }))
  const { time } = sampleEntry(1)
  await writer.write([sampleEntry(1)])
  await writer.write([sampleEntry(2)])
  await writer.write([{ time, kind: 'retention', removed_through_seq: 1 }])
  writer.close()
  const again = await openFiles(optionsFor(directory, { segments }))
  again.writer.close()
  t.notOk(existsSync(segmentPath(directory, 1)))
  t.ok(existsSync(segmentPath(directory, 2)))
})

void t.test('a signed journal has a key, made once, and its public half beside it', async (t) => {
  const directory = t.testdir()
  const vkeys: unknown[] = []
  for (const _ of [1, 2]) {
    const { signing, writer } = await openFiles(optionsFor(directory, { checkpoints: signed }))
    writer.close()
    vkeys.push(signing?.signer.verifier.vkey)
  }
  const written = readFileSync(join(directory, 'signing-key.pub'), 'utf8')
  t.match(written, /^sallyport\/sallyport-0\+[0-9a-f]{8}\+\S{44}\n$/)
  t.strictSame(vkeys, [written.trim(), written.trim()])
})

void t.test('a key from a file is used under the name that is asked for', async (t) => {
  const { privateKey } = generateKeyPairSync('ed25519')
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
  const directory = t.testdir({ 'key.pem': pem })
  const keyFile = join(directory, 'key.pem')
  const checkpoints = { ...signed, keyFile, origin: 'audit.acme.example' }
  const { signing, writer } = await openFiles(optionsFor(directory, { checkpoints }))
  writer.close()
  t.match(signing, { origin: 'audit.acme.example' })
  t.notOk(existsSync(join(directory, 'signing-key.pem')))
  t.notOk(existsSync(join(directory, 'signing-key.pub')))
})

void t.test('a key that the one before did not sign is told of', async (t) => {
  const directory = t.testdir()
  const { log, lines } = keptLog()
  const options = optionsFor(directory, { checkpoints: signed, log })
  const first = await openFiles(options)
  const { vkey, keyId } = first.signing!.signer.verifier
  const { time } = sampleEntry(1)
  await first.writer.write([{ time, kind: 'signing_key', vkey }])
  first.writer.close()
  rmSync(join(directory, 'signing-key.pem'))
  const second = await openFiles(options)
  second.writer.close()
  t.match(lines(), [{ level: 'warn', previous_key: keyId, msg: /the key before did not sign/ }])
})

void t.test('what cannot be opened is left unlocked', async (t) => {
  const directory = t.testdir()
  const checkpoints = { ...signed, keyFile: join(directory, 'missing.pem') }
  const message = /cannot read signing key/
  await t.rejects(openFiles(optionsFor(directory, { checkpoints })), { message })
  takeLock(directory).release()
})
