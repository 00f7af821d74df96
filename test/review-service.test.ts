import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fastify } from 'fastify'
import t from 'tap'
import type { ReviewFacts } from '../src/core/review-entry.ts'
import type { Settings } from '../src/config/settings.ts'
import { openJournal } from '../src/record/journal.ts'
import { createReviewService } from '../src/review-service.ts'
import { entriesIn, keptLog, sampleEntry } from './support/audit-files.ts'
import { auditSettings } from './support/audit-settings.ts'
import { policyOf } from './support/decision-parts.ts'

t.test('the page shows what the journal has, and the journal who looked', async (t) => {
  const directory = join(t.testdir(), 'audit')
  const { log } = keptLog()
  const journal = await openJournal({
    ...auditSettings(directory),
    replica: 'one',
    version: '0.1.0',
    log,
    now: Date.now,
  })
  await journal.append({
    ...sampleEntry('seen'),
    kind: 'decision',
    decision_id: 'd-seen',
    outcome: 'refused',
    code: 'not_granted',
    namespace: 'payments',
  })
  const witnesses = [
    { kind: 'file', file: join(directory, 'witness') },
    { kind: 'webhook', url: 'https://witness.test/', secretFile: 'secret', caFile: undefined },
  ] as const
  const audit = auditSettings(directory)
  const settings = {
    audit: { ...audit, checkpoints: { ...audit.checkpoints, witnesses } },
    ops: {
      host: '127.0.0.1',
      port: 0,
      review: { login: undefined, temporalUiUrl: 'https://temporal.test' },
    },
    issuers: [],
  } as unknown as Settings
  const review = createReviewService({
    settings,
    identifier: { person: async () => Promise.reject(new Error('nobody logs in')) },
    journal,
    policy: () => policyOf(),
    log,
    now: Date.now,
  })
  const app = fastify()
  await app.register(review.plugin)
  await app.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(async () => {
    await app.close()
    await review.close()
    await journal.close()
  })
  const { port } = app.server.address() as AddressInfo
  const page = await fetch(`http://127.0.0.1:${port}/review`)
  t.equal(page.status, 200)
  t.match(await page.text(), /not_granted/)
  const looked = entriesIn(directory).filter(({ kind }) => kind === 'review')
  t.match(looked, [{ action: 'search', reviewer: 'loopback' } satisfies Partial<ReviewFacts>])
})
