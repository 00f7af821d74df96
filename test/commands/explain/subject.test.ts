import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { readSubject } from '../../../src/commands/explain/subject.ts'
import type { IssuerSettings } from '../../../src/config/settings.ts'
import { isRefusal } from '../../../src/core/refusal.ts'
import { issuerSettings } from '../../support/issuer-settings.ts'
import { gitlabClaimSets, startIssuer, type Members } from '../../support/issuer.ts'

const one = issuerSettings('https://gitlab.com')
const two = issuerSettings('https://two.example', { name: 'two' })
const push = gitlabClaimSets.get('protected-branch-push') ?? {}

interface Asked {
  readonly issuers?: readonly IssuerSettings[]
  readonly isAssumed?: boolean
  readonly issuer?: string
}

function ofClaims(
  t: Test,
  claims: unknown,
  { issuers = [one], isAssumed = false, issuer }: Asked = {},
) {
  const file = join(t.testdir({}), 'claims.json')
  writeFileSync(file, JSON.stringify(claims))
  return readSubject({ kind: 'claims', file, issuer }, { issuers, isAssumed }, 0)
}

function ofToken(
  t: Test,
  token: string,
  { issuers = [one], isAssumed = false, issuer }: Asked = {},
) {
  const file = join(t.testdir({}), 'token')
  writeFileSync(file, `${token}\n`)
  return readSubject({ kind: 'token', file, issuer }, { issuers, isAssumed }, Date.now())
}

void t.test('claims become the identity that a token with them would have', async (t) => {
  const subject = await ofClaims(t, push)
  t.match(subject.identity, { issuer: 'gitlab', kind: 'machine', guards: [] })
  t.match(subject, { refused: undefined, isUnverified: false, notes: [] })
  t.same((await ofClaims(t, { name: 'x', claims: push })).identity, subject.identity)
  const fork = await ofClaims(t, { ...push, job_project_id: '7' })
  t.match(fork.identity, { guards: ['fork_pipelines'] })
})

void t.test('claims that no token would have like this are noted', async (t) => {
  const claims: Members = {
    ref_protected: true,
    runner_id: 'x',
    projct_id: '1',
    zzzzzzzzzzzzzzzz: '',
  }
  const { notes } = await ofClaims(t, { ...claims, iss: 'https://else.example' })
  const messages = notes.map(({ message }) => message).join('\n')
  t.match(
    messages,
    /"iss" is https:\/\/else\.example, and the issuer gitlab is https:\/\/gitlab\.com/,
  )
  t.match(messages, /projct_id is no claim of gitlab; did you mean project_id\?/)
  t.match(messages, /zzzzzzzzzzzzzzzz is no claim of gitlab; rules cannot test it/)
  t.match(messages, /ref_protected has another JSON type .* write "true"/)
  t.match(messages, /runner_id has another JSON type .* write an? integer/)
})

void t.test('a mistyped claim that a guard rests on refuses the token', async (t) => {
  const { identity } = await ofClaims(t, { project_id: 7 })
  t.match(identity, { code: 'credential_malformed' })
})

void t.test('the issuer is the one named, the one in the claims, or the only one', async (t) => {
  const issuers = [one, two]
  const nameOf = async (claims: Members, asked: Asked = {}) => {
    const { identity } = await ofClaims(t, claims, { issuers, ...asked })
    return isRefusal(identity) ? identity.code : identity.issuer
  }
  t.equal(await nameOf(push, { issuer: 'two' }), 'two')
  t.equal(await nameOf({ iss: 'https://two.example' }), 'two')
  t.equal(await nameOf({}, { issuers: [two] }), 'two')
  await t.rejects(nameOf({}), {
    name: 'UsageError',
    message: /say whose claims these are; known: gitlab, two/,
  })
  await t.rejects(nameOf({}, { issuer: 'tow' }), {
    message: /tow is not an issuer; did you mean two\?/,
  })
})

void t.test('without a service file the token says what its issuer and audience are', async (t) => {
  const asked = { isAssumed: true }
  const { identity } = await ofClaims(t, { ...push, iss: 'https://git.example' }, asked)
  t.match(identity, { principal: /^git\.example\// })
  const plain = await ofClaims(t, { ...push, iss: undefined, aud: undefined }, asked)
  t.match(plain.identity, { principal: /^gitlab\.com\// })
  t.same(plain.notes, [])
})

void t.test('a file that is no set of claims is wrong usage', async (t) => {
  await t.rejects(ofClaims(t, [push]), { message: /--claims must name a JSON object/ })
})

void t.test('a token is decoded, not verified, and checked for everything else', async (t) => {
  const issuer = await startIssuer()
  t.teardown(() => issuer.close())
  const settings = issuerSettings(issuer.url)
  const forged = issuer.mint({}, { sign: () => Buffer.from('forged') })
  const good = await ofToken(t, forged, { issuers: [settings] })
  t.match(good, { refused: undefined, isUnverified: true })
  t.match(good.identity, { issuer: 'gitlab', kind: 'machine' })
  const other = await ofToken(t, issuer.mint({ aud: 'x' }), { issuers: [settings] })
  t.match(other, { refused: { code: 'audience_mismatch' }, identity: { issuer: 'gitlab' } })
  const assumed = await ofToken(t, issuer.mint({ aud: 'x' }), { isAssumed: true })
  t.equal(assumed.refused, undefined)
})

void t.test('what is no token at all is refused', async (t) => {
  t.match(await ofToken(t, 'nonsense'), { identity: { code: 'credential_malformed' }, notes: [] })
  t.match(await ofToken(t, 'x'.repeat(20_000)), { refused: { code: 'credential_malformed' } })
})
