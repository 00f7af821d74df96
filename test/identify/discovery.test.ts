import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { request } from 'undici'
import {
  discover,
  discoveryAddress,
  requireSecure,
  withDispatcher,
} from '../../src/identify/discovery.ts'
import { makeCertificate } from '../support/certificate.ts'
import { startIssuer, type IssuerOptions } from '../support/issuer.ts'

async function start(t: Test, options: IssuerOptions = {}) {
  const issuer = await startIssuer(options)
  t.teardown(() => issuer.close())
  const { signal } = new AbortController()
  const find = (url = issuer.url, caFile?: string) =>
    withDispatcher(caFile, (dispatcher) => discover(url, dispatcher, signal))
  return { issuer, find }
}

for (const path of ['', '/', '/gitlab']) {
  void t.test(`an issuer whose path is "${path}" says where its things are`, async (t) => {
    const { issuer, find } = await start(t, { path })
    t.match(await find(), { issuer: issuer.url, jwks_uri: issuer.jwksUri })
    t.match(discoveryAddress(issuer.url), /[^/]\/\.well-known\/openid-configuration$/)
  })
}

void t.test('a document about another issuer is none', async (t) => {
  const { issuer, find } = await start(t)
  await t.rejects(find(`${issuer.url}/`), { message: /must be equal/ })
  for (const document of ['7', 'null', 'x']) {
    issuer.discover(document)
    await t.rejects(find(), { message: /did not answer a JSON object/ })
  }
})

void t.test('the certificate must chain to the CA bundle, where one is named', async (t) => {
  const tls = await makeCertificate()
  const { find } = await start(t, { tls })
  const directory = t.testdir()
  const caFile = join(directory, 'ca.crt')
  writeFileSync(caFile, tls.cert)
  t.match(await find(undefined, caFile), { jwks_uri: /^https:/ })
  await t.rejects(find(), { message: /self.signed certificate/ })
  await t.rejects(find(undefined, join(directory, 'gone')), { code: 'ENOENT' })
})

void t.test('connections are gone after the use, and answers end somewhere', async (t) => {
  const { issuer } = await start(t)
  issuer.discover('x'.repeat(2 * 1024 * 1024))
  const answer = withDispatcher(undefined, async (dispatcher) => {
    const { body } = await request(discoveryAddress(issuer.url), { dispatcher })
    return await body.text()
  })
  await t.rejects(answer, { code: 'UND_ERR_RES_EXCEEDED_MAX_SIZE' })
  const closed = await withDispatcher(undefined, async (dispatcher) => dispatcher)
  await t.rejects(request(issuer.url, { dispatcher: closed }), { name: 'ClientDestroyedError' })
})

void t.test('secrets and keys go over https, or stay on this machine', async (t) => {
  for (const url of ['https://gitlab.com', 'http://localhost:1', 'http://127.1', 'http://[::1]']) {
    t.doesNotThrow(() => requireSecure(url), url)
  }
  for (const url of ['http://gitlab.com', 'http://localhost.evil.example', 'ftp://a', 'a', '']) {
    t.throws(() => requireSecure(url), { message: /^keys are fetched over https only, not from/ })
  }
  t.throws(() => requireSecure('http://a', 'people log in'), {
    message: 'people log in over https only, not from http://a',
  })
})
