import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { generate } from 'selfsigned'
import t, { type Test } from 'tap'
import type { IssuerSettings } from '../../src/config/settings.ts'
import { createKeySource } from '../../src/identify/key-source.ts'
import { issuerSettings } from '../support/issuer-settings.ts'
import { startIssuer, type Failure, type IssuerOptions } from '../support/issuer.ts'

async function start(t: Test, options: IssuerOptions = {}) {
  const issuer = await startIssuer(options)
  t.teardown(() => issuer.close())
  return issuer
}

const load = (url: string, settings: Partial<IssuerSettings> = {}) =>
  createKeySource(issuerSettings(url, settings))(new AbortController().signal)

for (const path of ['', '/', '/gitlab', '/gitlab/']) {
  void t.test(`discovers keys of an issuer whose path is "${path}"`, async (t) => {
    const issuer = await start(t, { path })
    t.same(JSON.parse(await load(issuer.url)), issuer.jwks())
    t.same(issuer.requests, { discovery: 1, keys: 1, other: 0 })
    t.equal(issuer.lastHeaders()['cache-control'], 'no-cache')
  })
}

void t.test('an explicit address spares the discovery', async (t) => {
  const issuer = await start(t)
  const keys = await load('https://gitlab.invalid', { jwksUri: issuer.jwksUri })
  t.same(JSON.parse(keys), issuer.jwks())
  t.same(issuer.requests, { discovery: 0, keys: 1, other: 0 })
})

void t.test('a file is read each time', async (t) => {
  const jwksFile = join(t.testdir({ 'jwks.json': 'first' }), 'jwks.json')
  const source = createKeySource(issuerSettings('https://gitlab.invalid', { jwksFile }))
  t.equal(await source(new AbortController().signal), 'first')
  await writeFile(jwksFile, 'second')
  t.equal(await source(new AbortController().signal), 'second')
  await t.rejects(load('https://gitlab.invalid', { jwksFile: `${jwksFile}.not` }), {
    code: 'ENOENT',
  })
})

const failures: Readonly<Record<Exclude<Failure, 'none' | 'hang' | 'empty'>, RegExp>> = {
  error: /openid-configuration answered 500; only 200 is accepted/,
  disconnect: /other side closed/,
  redirect: /answered 302/,
  garbage: /openid-configuration did not answer a JSON object/,
  oversized: /more than 262144 bytes/,
  other_issuer: /is about the issuer https:\/\/elsewhere\.example, not http:\/\/127.*must be equal/,
}

for (const [how, message] of Object.entries(failures)) {
  void t.test(`an issuer that does "${how}" gives no keys, and a reason`, async (t) => {
    const issuer = await start(t)
    issuer.fail(how as Failure)
    await t.rejects(load(issuer.url), { message })
    t.equal(issuer.requests.keys, 0)
  })
}

void t.test('a document that is no object, or names no address, is refused', async (t) => {
  const issuer = await start(t)
  for (const [document, message] of [
    ['null', /did not answer a JSON object/],
    ['7', /did not answer a JSON object/],
    [JSON.stringify({ issuer: issuer.url }), /names no "jwks_uri"/],
    [JSON.stringify({ issuer: issuer.url, jwks_uri: 7 }), /names no "jwks_uri"/],
    [JSON.stringify({ issuer: [issuer.url] }), /is about the issuer/],
    [
      JSON.stringify({ issuer: issuer.url, jwks_uri: 'http://keys.example/' }),
      /over https only, not from http:\/\/keys\.example\//,
    ],
    [JSON.stringify({ issuer: issuer.url, jwks_uri: 'file:///etc/keys' }), /over https only/],
    [JSON.stringify({ issuer: issuer.url, jwks_uri: 'keys' }), /over https only/],
  ] as const) {
    issuer.discover(document)
    await t.rejects(load(issuer.url), { message })
  }
  t.equal(issuer.requests.keys, 0)
})

void t.test('an issuer whose url differs in a slash is another one', async (t) => {
  const issuer = await start(t)
  await t.rejects(load(`${issuer.url}/`), { message: /must be equal/ })
})

for (const url of [
  'http://gitlab.com',
  'http://127.0.0.1.evil.example',
  'http://localhost.evil.example',
  'http://10.0.0.1',
  'ftp://127.0.0.1',
  'gitlab.com',
  '',
]) {
  void t.test(`keys are not fetched from "${url}"`, async (t) => {
    const message = /^keys are fetched over https only/
    t.throws(() => createKeySource(issuerSettings(url)), { message })
    const explicit = issuerSettings('https://gitlab.com', { jwksUri: url })
    t.throws(() => createKeySource(explicit), { message })
  })
}

for (const url of ['http://localhost:1', 'http://127.1.2.3', 'http://127.1', 'http://[::1]:1']) {
  void t.test(`${url} is on the loopback interface, where http will do`, async (t) => {
    t.type(createKeySource(issuerSettings(url)), 'function')
  })
}

void t.test(
  'over TLS, the CA bundle is what the issuer must chain to, read each time',
  async (t) => {
    const certificate = await generate([{ name: 'commonName', value: 'issuer' }], {
      extensions: [
        { name: 'basicConstraints', cA: true },
        { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
      ],
    })
    const issuer = await start(t, { tls: { cert: certificate.cert, key: certificate.private } })
    const caFile = join(t.testdir({ 'ca.crt': certificate.cert }), 'ca.crt')
    t.same(JSON.parse(await load(issuer.url, { caFile })), issuer.jwks())
    await t.rejects(load(issuer.url), { message: /self.signed certificate/ })

    const other = await generate([{ name: 'commonName', value: 'other' }])
    const source = createKeySource(issuerSettings(issuer.url, { caFile }))
    await writeFile(caFile, other.cert)
    await t.rejects(source(new AbortController().signal), { message: /certificate/ })
    await writeFile(caFile, certificate.cert)
    t.same(JSON.parse(await source(new AbortController().signal)), issuer.jwks())
  },
)
