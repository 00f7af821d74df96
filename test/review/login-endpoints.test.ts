import t, { type Test } from 'tap'
import { createLoginEndpoints } from '../../src/review/login-endpoints.ts'
import { startIssuer } from '../support/issuer.ts'
import { createManualTime } from '../support/manual-time.ts'

async function start(t: Test, changes: Readonly<Record<string, unknown>> = {}) {
  const issuer = await startIssuer()
  t.teardown(() => issuer.close())
  const time = createManualTime()
  const document = {
    issuer: issuer.url,
    authorization_endpoint: `${issuer.url}/oauth/authorize`,
    token_endpoint: `${issuer.url}/oauth/token`,
    ...changes,
  }
  issuer.discover(JSON.stringify(document))
  const parts = { issuer: { url: issuer.url, caFile: undefined }, now: time.now }
  return { issuer, time, endpoints: createLoginEndpoints(parts), document }
}

void t.test('the addresses come from the discovery document, and nothing else of it', async (t) => {
  const { endpoints, document, issuer } = await start(t, { userinfo_endpoint: 'http://x' })
  t.strictSame(await endpoints(), {
    issuer: issuer.url,
    authorization_endpoint: document.authorization_endpoint,
    token_endpoint: document.token_endpoint,
    authorization_response_iss_parameter_supported: false,
  })
  const naming = await start(t, { authorization_response_iss_parameter_supported: true })
  t.match(await naming.endpoints(), { authorization_response_iss_parameter_supported: true })
})

void t.test('they are fetched once for many logins, and again after a while', async (t) => {
  const { endpoints, issuer, time } = await start(t)
  await Promise.all([endpoints(), endpoints()])
  time.skip(599_999)
  await endpoints()
  t.equal(issuer.requests.discovery, 1)
  time.skip(1)
  await endpoints()
  t.equal(issuer.requests.discovery, 2)
})

void t.test('an issuer that is down is asked every five seconds at most', async (t) => {
  const { endpoints, issuer, time } = await start(t)
  issuer.fail('error')
  for (let count = 0; count < 20; count++) {
    await t.rejects(endpoints(), { message: /answered 500/ })
  }
  t.equal(issuer.requests.discovery, 1)
  issuer.fail('none')
  time.skip(5_000)
  t.match(await endpoints(), { issuer: issuer.url })
})

const bad: readonly [changes: Readonly<Record<string, unknown>>, message: RegExp][] = [
  [{ issuer: 'https://elsewhere.example' }, /must be equal/],
  [{ token_endpoint: undefined }, /names no "token_endpoint"/],
  [{ authorization_endpoint: 7 }, /names no "authorization_endpoint"/],
  [{ token_endpoint: 'http://evil.example/token' }, /people log in over https only/],
  [{ authorization_endpoint: 'javascript:alert(1)' }, /people log in over https only/],
]

for (const [changes, message] of bad) {
  void t.test(`nobody is sent anywhere by ${JSON.stringify(changes)}`, async (t) => {
    const { endpoints } = await start(t, changes)
    await t.rejects(endpoints(), { message })
  })
}

void t.test('nobody logs in with an issuer that anybody can answer for', async (t) => {
  const parts = { issuer: { url: 'http://gitlab.example', caFile: undefined }, now: Date.now }
  await t.rejects(createLoginEndpoints(parts)(), { message: /people log in over https only/ })
})
