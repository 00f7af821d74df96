import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { watchCertificate } from '../../src/listen/certificate.ts'
import { keptLog, until } from '../support/audit-files.ts'
import { makeAuthority, type KeyPair } from '../support/authority.ts'

const authority = await makeAuthority()
const [first, second] = await Promise.all([authority.sign('one'), authority.sign('two')])

function writePair(directory: string, { cert, key }: KeyPair) {
  mkdirSync(directory, { recursive: true })
  const files = { certFile: join(directory, 'tls.crt'), keyFile: join(directory, 'tls.key') }
  writeFileSync(files.certFile, cert)
  writeFileSync(files.keyFile, key)
  return files
}

function watch(t: Test, files: { readonly certFile: string; readonly keyFile: string }) {
  const { log, messages, lines } = keptLog()
  const certificate = watchCertificate({ ...files, log, pollIntervalMs: 10 })
  t.teardown(certificate.close)
  const seen: string[] = []
  certificate.onChange(({ cert }) => seen.push(cert.toString()))
  return { certificate, seen, messages, lines }
}

void t.test('the pair in the files is in force', async (t) => {
  const { certificate, messages } = watch(t, writePair(t.testdir(), first))
  t.match(certificate.current(), { cert: Buffer.from(first.cert), key: Buffer.from(first.key) })
  t.same(messages(), [])
})

void t.test(
  'a pair that is renewed is told once, though its files are written in turn',
  async (t) => {
    const directory = t.testdir()
    const { certificate, seen, messages, lines } = watch(t, writePair(directory, first))
    writeFileSync(join(directory, 'tls.crt'), second.cert)
    await until(() => messages().length > 0)
    t.same(messages(), ['the new certificate is not usable; the old one stays'])
    t.same(certificate.current().cert, Buffer.from(first.cert), 'half a pair is not used')
    writeFileSync(join(directory, 'tls.key'), second.key)
    await until(() => seen.length > 0)
    t.same(certificate.current().key, Buffer.from(second.key))
    t.same(seen, [second.cert])
    t.equal(messages().at(-1), 'the certificate was reloaded')
    t.notMatch(JSON.stringify(lines()), 'PRIVATE KEY')
  },
)

void t.test('trouble is told once, and again when it comes back', async (t) => {
  const directory = t.testdir()
  const { certFile, keyFile } = writePair(directory, first)
  const { log, messages } = keptLog()
  let looks = 0
  const countLook = () => (looks++, certFile)
  const certificate = watchCertificate({
    get certFile() {
      return countLook()
    },
    keyFile,
    log,
    pollIntervalMs: 5,
  })
  t.teardown(certificate.close)
  for (const [round, pair] of [second, first].entries()) {
    rmSync(keyFile)
    const before = looks
    await until(() => looks > before + 5)
    writePair(directory, pair)
    await until(() => messages().length >= 2 * round + 2)
  }
  t.same(messages(), [
    'the new certificate is not usable; the old one stays',
    'the certificate was reloaded',
    'the new certificate is not usable; the old one stays',
    'the certificate was reloaded',
  ])
})

void t.test('files that go away leave the pair in force', async (t) => {
  const directory = t.testdir()
  const { certificate, lines, messages } = watch(t, writePair(directory, first))
  rmSync(join(directory, 'tls.crt'))
  await until(() => messages().length > 0)
  t.match(lines()[0], { level: 'error', problem: /ENOENT/, cert_file: /tls\.crt/ })
  t.same(certificate.current().cert, Buffer.from(first.cert))
})

void t.test('a symlink that is swapped, as Kubernetes does, is noticed', async (t) => {
  const directory = t.testdir()
  writePair(join(directory, 'v1'), first)
  writePair(join(directory, 'v2'), second)
  symlinkSync('v1', join(directory, '..data'))
  const certFile = join(directory, '..data', 'tls.crt')
  const keyFile = join(directory, '..data', 'tls.key')
  const { seen } = watch(t, { certFile, keyFile })
  symlinkSync('v2', join(directory, '..next'))
  renameSync(join(directory, '..next'), join(directory, '..data'))
  await until(() => seen.length > 0)
  t.same(seen, [second.cert])
})

void t.test('nothing is told once it is closed', async (t) => {
  const directory = t.testdir()
  const closed = watch(t, writePair(directory, first))
  const open = watch(t, {
    certFile: join(directory, 'tls.crt'),
    keyFile: join(directory, 'tls.key'),
  })
  closed.certificate.close()
  writePair(directory, second)
  await until(() => open.seen.length > 0)
  t.same(closed.seen, [])
})

void t.test('files that are missing, no certificate or no pair stop the start', async (t) => {
  const directory = t.testdir()
  const { log } = keptLog()
  const missing = { certFile: join(directory, 'a'), keyFile: join(directory, 'b') }
  t.throws(() => watchCertificate({ ...missing, log }), /ENOENT.*a'/)
  const mixed = writePair(join(directory, 'mixed'), { cert: first.cert, key: second.key })
  t.throws(() => watchCertificate({ ...mixed, log }), /key values mismatch/)
  const garbage = writePair(join(directory, 'garbage'), { cert: 'x', key: 'y' })
  t.throws(() => watchCertificate({ ...garbage, log }))
})
