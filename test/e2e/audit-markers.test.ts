import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { csvHeader, csvRow } from '../../src/audit/format/csv.ts'
import { formatEntry } from '../../src/audit/format/format-entry.ts'
import { methods } from '../../src/temporal/methods.ts'
import { encodeRequest } from '../support/caller.ts'
import { marker, markedRequests, markers } from '../support/marked-requests.ts'
import { secretsIn } from '../support/refused-call.ts'
import { startSallyport, type Entry, type RunningSallyport } from '../support/sallyport.ts'
import { startUpstream } from '../support/upstream.ts'

t.setTimeout(600_000)

const machines = `
  - name: platform-admin
    issuer: gitlab
    match: { project_id: "48210377" }
    grants:
      - { namespace: payments, role: admin }
      - { cluster: true, role: admin }
`

/**
 * Fields of requests that entries show, because they name what a call is about: workflows, schedules,
 * types, queues, handlers and the id of the request. All others are secrets until somebody adds them here.
 */
const shown =
  /\.(workflowId|scheduleId|requestId|signalName|queryType|taskQueue|(workflowType|taskQueue|request\.input)\.name)$/

/** Secrets that are not in fields of requests. */
const secrets = {
  answer: marker(1_000_001),
  metadata: marker(1_000_002),
  claim: marker(1_000_003),
  credential: marker(1_000_004),
  header: marker(1_000_005),
  query: marker(1_000_006),
} as const

/** Metadata that clients and proxies send, and that nobody is to find again. */
const metadata = {
  'client-name': secrets.metadata,
  'client-version': secrets.metadata,
  'x-api-key': secrets.metadata,
  'x-secret-bin': Buffer.from(secrets.metadata),
  'authorization-extras': secrets.metadata,
  cookie: `session=${secrets.metadata}`,
  'x-forwarded-for': secrets.metadata,
  'caller-name': secrets.metadata,
  'temporal-principal-name': secrets.metadata,
  'temporal-namespace': secrets.metadata,
  traceparent: secrets.metadata,
}

/** Personal data that GitLab signs, and a claim that it does not have yet. */
const claims = {
  user_email: secrets.claim,
  user_identities: [{ provider: 'ldap', extern_uid: secrets.claim }],
  groups_direct: [secrets.claim],
  job_config: { url: secrets.claim },
  target_audience: secrets.claim,
  email: secrets.claim,
  name: secrets.claim,
  nickname: secrets.claim,
}

/** A service behind which everything is answered, well or badly, with secrets. */
async function startSecretive(t: Test): Promise<RunningSallyport> {
  const secret = secrets.answer
  const told = { 'x-answer': secret, 'x-answer-bin': Buffer.from(secret).toString('base64') }
  const upstream = await startUpstream(({ message }) => ({
    headers: told,
    ...(message.length % 2 === 0 && { message: Buffer.from(secret) }),
    status: message.length % 2 === 0 ? 0 : 3,
    words: secret,
    trailers: told,
  }))
  t.teardown(upstream.close)
  return startSallyport(t, { machines, upstreamAddress: upstream.address })
}

/** The pages about some calls and about all of them, by their paths. */
async function pagesOf(sallyport: RunningSallyport): Promise<(readonly [string, string])[]> {
  const decisions = sallyport.entries().filter(({ kind }) => kind === 'decision')
  // Spread over all of them, so that each method's and each refusal's turn comes some day.
  const step = Math.ceil(decisions.length / 40)
  const paths = decisions
    .filter((_, index) => index % step === 0)
    .map((entry) => `/review/calls/${String(entry['decision_id'])}`)
  const pages: (readonly [string, string])[] = []
  for (const path of ['/metrics', '/readyz', '/review', '/review/live', ...paths]) {
    const response = await fetch(sallyport.opsUrl + path)
    if (!response.ok) throw new Error(`${path} answered ${response.status}`)
    pages.push([path, await response.text()])
  }
  return pages
}

/** Everything that a service says: to who looks at it, into its log, its files, and every export. */
async function everythingSaid(sallyport: RunningSallyport): Promise<ReadonlyMap<string, string>> {
  const said = new Map(await pagesOf(sallyport))
  await sallyport.service.stop()
  const audit = join(sallyport.directory, 'audit')
  for (const file of readdirSync(audit, { recursive: true, withFileTypes: true })) {
    if (file.isFile()) said.set(file.name, readFileSync(join(file.parentPath, file.name), 'latin1'))
  }
  const lines = sallyport.journal().split('\n').filter(Boolean)
  const entries = lines.map((line) => ({ line, entry: JSON.parse(line) as Entry }))
  for (const format of ['ocsf', 'cloudevents'] as const) {
    const formatted = entries.map(({ line, entry }) => formatEntry(format, line, entry))
    said.set(format, formatted.join('\n'))
  }
  const rows = entries.map(({ entry }) => csvRow(entry))
  return said.set('csv', [csvHeader, ...rows].join('\n')).set('log', sallyport.log())
}

/** Where a pattern occurs, with what it caught first: each pair once. */
function findings(said: ReadonlyMap<string, string>, pattern: RegExp): readonly string[] {
  const found = [...said].flatMap(([where, text]) =>
    [...text.matchAll(pattern)].map(([all, caught]) => `${where}: ${caught ?? all}`),
  )
  return [...new Set(found)]
}

/** The beginning of every marker in base64, wherever in a text it stands, and in hexadecimal. */
const encodedMarkers = new RegExp(
  [0, 1, 2]
    .map((before) => {
      const whole = Buffer.from(`${'x'.repeat(before)}s3cret-`).toString('base64')
      return whole.slice(Math.ceil((before * 8) / 6), Math.floor(((before + 7) * 8) / 6))
    })
    .concat(Buffer.from('s3cret-').toString('hex'))
    .join('|'),
  'g',
)

t.test('no secret in any field of any call is found anywhere', async (t) => {
  const sallyport = await startSecretive(t)
  const names = methods.map(({ name }) => name)
  const { requests, fields } = markedRequests(names, 'payments')
  const token = sallyport.mint(claims)
  const caller = sallyport.caller(token)
  const together = 25
  for (let index = 0; index < requests.length; index += together) {
    await Promise.all(
      requests
        .slice(index, index + together)
        .map(({ method, request }) => caller.call(method, request, { metadata })),
    )
  }
  const allowed = sallyport.entries().filter(({ outcome }) => outcome === 'allowed')
  const forwarded = new Set(allowed.map((entry) => entry['method']))
  t.strictSame(
    names.filter((name) => !forwarded.has(name)),
    [],
    'a call of every method was forwarded',
  )
  const said = await everythingSaid(sallyport)
  const found = findings(said, markers).map((each) => {
    const [where, number] = each.split(': ')
    return `${where}: ${fields.get(Number(number)) ?? number}`
  })
  const inJournal = found.filter((each) => shown.test(each) && each.startsWith('0000'))
  t.ok(inJournal.length > 60, `what is to be found is: ${inJournal.length} fields`)
  t.strictSame(
    found.filter((each) => !shown.test(each)),
    [],
    `of ${new Set(fields.values()).size} fields`,
  )
  t.strictSame(findings(said, encodedMarkers), [], 'in no encoding either')
  t.strictSame(findings(said, tokensIn([token])), [])
  const metrics = new Map([['/metrics', said.get('/metrics') ?? '']])
  t.strictSame(findings(metrics, markers), [], 'nothing that a caller sends is a label')
})

const expectedCodes = [
  'algorithm_refused',
  'audience_mismatch',
  'claims_missing',
  'credential_in_payload',
  'credential_malformed',
  'guard_fork_pipelines',
  'guard_policy_jobs',
  'issuer_unknown',
  'message_malformed',
  'method_unknown',
  'signature_invalid',
  'token_expired',
  'token_not_yet_valid',
]

t.test('no token and no part of one is found, whatever is wrong with it', async (t) => {
  const sallyport = await startSecretive(t)
  const { mint } = sallyport
  const signed = { sign: () => Buffer.from(secrets.credential) }
  const tokens = [
    mint(claims, { expiresInS: -3600 }),
    mint({ ...claims, nbf: Date.now() / 1000 + 7200 }),
    mint({ ...claims, aud: 'https://elsewhere.example' }),
    mint({ ...claims, iss: 'https://elsewhere.example' }),
    mint({ ...claims, jti: undefined }),
    mint({ ...claims, user_login: 7 }),
    mint({ ...claims, project_id: 7 }),
    mint({ ...claims, project_id: '1' }),
    mint({ ...claims, pipeline_source: 'merge_request_event', source_project_id: '7' }),
    mint(claims, signed),
    mint(claims, { header: { alg: 'HS256', secret: secrets.header } }),
    mint(claims, { header: { kid: undefined, secret: secrets.header } }),
    mint(claims, { header: { crit: ['secret'], secret: secrets.header } }),
    mint(claims, { payload: secrets.claim }),
    mint(claims).slice(0, -40),
    `${mint(claims)}.${Buffer.from(secrets.credential).toString('base64url')}`,
    Buffer.from(secrets.credential).toString('base64url'),
  ]
  const call = async (authorization: string, path = 'ListNamespaces', message?: Uint8Array) =>
    sallyport.caller('').call(path, message, { metadata: { ...metadata, authorization } })
  for (const token of tokens) await call(`Bearer ${token}`)
  const good = mint(claims)
  for (const authorization of [
    `Basic ${secrets.credential}`,
    `Bearer ${secrets.credential}`,
    secrets.credential,
    good,
    `Bearer ${good} ${secrets.credential}`,
    `Bearer ${'x'.repeat(20_000)}${secrets.credential}`,
  ]) {
    await call(authorization)
  }
  const asked = `/v1/${good}/${encodeURIComponent(tokens[0] ?? '')}?token=${secrets.query}`
  await call(`Bearer ${good}`, asked)
  await call('Bearer none', asked)
  for (const found of [good, tokens[0], `glpat-${'x'.repeat(20)}`]) {
    const request = { namespace: 'payments', identity: `${secrets.claim} ${found}` }
    await call(
      `Bearer ${good}`,
      'StartWorkflowExecution',
      encodeRequest('StartWorkflowExecution', request),
    )
  }
  await call(`Bearer ${good}`, 'StartWorkflowExecution', Buffer.from(secrets.claim))
  const codes = new Set(sallyport.entries().flatMap(({ code }) => code ?? []))
  t.strictSame(
    expectedCodes.filter((code) => !codes.has(code)),
    [],
    'refused for each of these reasons',
  )
  const said = await everythingSaid(sallyport)
  t.strictSame(findings(said, markers), [])
  t.strictSame(findings(said, encodedMarkers), [])
  t.strictSame(findings(said, tokensIn([...tokens, good])), [])
  t.strictSame(findings(said, /glpat-\w*|x{100}/g), [])
})

/** Matches tokens, and the payloads and signatures of them. */
function tokensIn(tokens: readonly string[]): RegExp {
  const parts = tokens.flatMap(secretsIn).map((part) => part.replaceAll(/[^\w-]/g, '\\$&'))
  return new RegExp(parts.join('|'), 'g')
}

/** What a person chose who wants to be mistaken, in a spreadsheet, a terminal and a browser. */
const hostile = `=HYPERLINK("//x")<b class='x'>&\u0007\u001b[31m\u009b1m\u202e\u2028\r\n","outcome":"refused"</script>`

t.test('what entries show is harmless where it is shown', async (t) => {
  const sallyport = await startSecretive(t)
  const reply = await sallyport.caller().call('StartWorkflowExecution', {
    namespace: 'payments',
    workflowId: hostile,
    requestId: hostile,
    workflowType: { name: hostile },
    taskQueue: { name: hostile },
  })
  t.ok([0, 3].includes(reply.status), 'it is forwarded')
  await sallyport.caller().call(`/${encodeURI(hostile)}/x`)
  const [decision] = sallyport.entries()
  t.match(decision, { outcome: 'allowed', workflow_id: hostile }, 'one entry, with what was sent')
  const said = await everythingSaid(sallyport)
  const control = /[^\P{Cc}\n\r]|[\u202a-\u202e\u2066-\u2069\u2028\u2029]/gu
  const texts = ['ocsf', 'cloudevents', 'csv', 'log', '/metrics'] as const
  const raw = new Map<string, string>(texts.map((name) => [name, said.get(name) ?? '']))
  raw.set('journal', sallyport.journal())
  t.strictSame(findings(raw, control), [], 'no control character')
  for (const [where, text] of said) {
    if (where.startsWith('/review')) t.ok(!text.includes('<b class'), where)
  }
  const page = [...said].find(([path]) => path.startsWith('/review/calls/'))?.[1]
  t.ok(page?.includes('&lt;b class='), 'it is there, as text')
  t.notMatch(said.get('csv'), /(^|,)"?=/m, 'and no formula')
})
