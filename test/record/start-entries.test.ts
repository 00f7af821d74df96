import { generateKeyPairSync } from 'node:crypto'
import t from 'tap'
import { startEntries, type StartOptions } from '../../src/record/start-entries.ts'
import { signingOf } from '../../src/record/signing-key-entry.ts'
import { keptLog } from '../support/audit-files.ts'

const time = '2026-11-23T09:14:02.113Z'
const nothing = { openCalls: [], key: undefined, removedThrough: 0 }

function started(options: Partial<StartOptions> = {}) {
  const { log, lines } = keptLog()
  const entries = startEntries({
    directory: '/audit',
    startFields: { durability: 'synced' },
    repairedBytes: 0,
    legacy: nothing,
    signing: undefined,
    log,
    now: () => Date.parse(time),
    ...options,
  })
  return { entries, lines: lines() }
}

void t.test('a start without anything to do says only that', async (t) => {
  const { entries, lines } = started()
  t.strictSame(entries, [{ time, kind: 'start', durability: 'synced' }])
  t.strictSame(lines, [])
})

void t.test('what a crash has left is owned up to, and told of', async (t) => {
  const legacy = { ...nothing, openCalls: ['d-a', 'd-b'] }
  const { entries, lines } = started({ repairedBytes: 7, legacy })
  const ended = { time, kind: 'completion', outcome: 'unknown' }
  const detail = 'open when the process ended'
  t.strictSame(entries, [
    { time, kind: 'start', durability: 'synced', closed_calls: 2, repaired_bytes: 7 },
    { ...ended, decision_id: 'd-a', detail },
    { ...ended, decision_id: 'd-b', detail },
  ])
  t.match(lines, [
    { level: 'warn', directory: '/audit', repaired_bytes: 7 },
    { level: 'warn', directory: '/audit', closed_calls: 2 },
  ])
})

void t.test('the signing key comes next, unless it is the one that was named last', async (t) => {
  const keys = [generateKeyPairSync('ed25519').privateKey] as const
  const signing = signingOf(keys, undefined, { origin: 'o', replica: 'r' })
  const { keyId } = signing.signer.verifier
  const kinds = (key: StartOptions['legacy']['key']) =>
    started({ signing, legacy: { ...nothing, openCalls: ['d-a'], key } }).entries.map(
      ({ kind }) => kind,
    )
  t.strictSame(kinds(undefined), ['start', 'signing_key', 'completion'])
  t.strictSame(kinds({ origin: 'o', keyId: '00000000' }), ['start', 'signing_key', 'completion'])
  t.strictSame(kinds({ origin: 'o', keyId }), ['start', 'completion'])
})
