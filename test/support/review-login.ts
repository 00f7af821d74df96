import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fastify } from 'fastify'
import type { Test } from 'tap'
import type { IssuerSettings } from '../../src/config/settings.ts'
import type { ReviewFacts } from '../../src/core/review-entry.ts'
import { freePort } from '../../src/demo/free-port.ts'
import { createIdentifier } from '../../src/identify/identify.ts'
import { createLog } from '../../src/log.ts'
import type { Recorded } from '../../src/record/journal.ts'
import { createReviewAccess } from '../../src/review/access.ts'
import { issuerSettings } from './issuer-settings.ts'
import { startLoginProvider, type ProviderPerson } from './login-provider.ts'
import { policyOf } from './tested-policy.ts'

const people: Readonly<Record<string, ProviderPerson>> = {
  '4242': { login: 'rita.reviewer', groups: ['acme', 'acme/auditors'] },
  '4243': { login: 'dmeyer', groups: ['acme'] },
  '4244': { login: 'left', groups: ['acme', 'acme/auditors'] },
  '4245': { login: 'evil"><script>', groups: ['acme/auditors'] },
}

/** A policy in which auditors review, but one who left does not. */
export const auditorsPolicy = `version: 1
people:
  - name: auditors
    issuer: gitlab
    match: { groups_direct: acme/auditors }
    grants: [{ audit: review }]
denials:
  - { name: has-left, match: { user_id: "4244" } }
`

/**
 * Starts a real provider, and a listener with the login and one page that names its reviewer. All of it
 * is closed when the test ends.
 */
export async function startReviewLogin(
  t: Test,
  options: { readonly issuer?: Partial<IssuerSettings> } = {},
) {
  let now = Date.now
  const state = {
    policy: policyOf(auditorsPolicy),
    recorded: { ok: true } as Recorded,
  }
  const facts: ReviewFacts[] = []
  const lines: string[] = []
  const log = createLog({
    level: 'debug',
    destination: { write: (line: string) => void lines.push(line) },
  })
  const app = fastify({ logger: false })
  // The port is known once it listens, and routes are added before: so it listens on another first.
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const provider = await startLoginProvider({ redirectUri: `${url}/review/callback`, people })
  const directory = t.testdir()
  const clientSecretFile = join(directory, 'client-secret')
  writeFileSync(clientSecretFile, `${provider.clientSecret}\n`)
  const issuers = [issuerSettings(provider.url, options.issuer)]
  const identifier = createIdentifier({ issuers, log, now: () => now() })
  await identifier.start()
  const login = { issuer: 'gitlab', clientId: provider.clientId, clientSecretFile, url }
  const access = createReviewAccess({
    settings: { login, temporalUiUrl: undefined },
    ops: { host: '127.0.0.1' },
    issuers,
    identifier,
    policy: () => state.policy,
    record: async (fact) => {
      if (state.recorded.ok) facts.push(fact)
      return state.recorded
    },
    now: () => now(),
    log,
  })
  void app.register(access.routes)
  app.get('/review', (request, reply) => {
    const reviewer = access.reviewerOf(request)
    return reply.code(reviewer ? 200 : 401).send(reviewer ?? {})
  })
  await app.listen({ host: '127.0.0.1', port })
  t.teardown(async () => {
    await app.close()
    await identifier.close()
    await provider.close()
  })
  return {
    url,
    provider,
    identifier,
    state,
    /** What was recorded, and everything that was logged. */
    facts,
    lines,
    clientSecretFile,
    setNow: (clock: () => number) => {
      now = clock
    },
    setPolicy: (text: string) => {
      state.policy = policyOf(text)
    },
  }
}
