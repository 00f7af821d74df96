import t from 'tap'
import { logKeySetEvent, type KeySetEvent } from '../../src/identify/key-set-event.ts'
import { createLog } from '../../src/log.ts'

const cases: readonly { event: KeySetEvent; level: string; facts: object }[] = [
  {
    event: {
      kind: 'keys_fetched',
      issuer: 'gitlab',
      keys: 2,
      added: ['k1'],
      withdrawn: [],
      isRecovered: false,
    },
    level: 'debug',
    facts: { issuer: 'gitlab', keys: 2 },
  },
  {
    event: { kind: 'fetch_failed', issuer: 'gitlab', detail: 'down', isRepeated: false },
    level: 'warn',
    facts: { issuer: 'gitlab', detail: 'down' },
  },
  {
    event: { kind: 'key_added', issuer: 'gitlab', kid: 'k1' },
    level: 'info',
    facts: { issuer: 'gitlab', kid: 'k1' },
  },
  {
    event: { kind: 'key_withdrawn', issuer: 'gitlab', kid: 'k1' },
    level: 'info',
    facts: { issuer: 'gitlab', kid: 'k1' },
  },
  {
    event: { kind: 'claim_unknown', issuer: 'gitlab', claim: 'planet' },
    level: 'warn',
    facts: { issuer: 'gitlab', claim: 'planet' },
  },
  {
    event: { kind: 'claim_mistyped', issuer: 'gitlab', claim: 'sha' },
    level: 'warn',
    facts: { issuer: 'gitlab', claim: 'sha' },
  },
]

for (const { event, level, facts } of cases) {
  void t.test(`${event.kind} is logged as ${level}`, async (t) => {
    const lines: string[] = []
    const write = (line: string): void => void lines.push(line)
    logKeySetEvent(createLog({ level: 'debug', destination: { write } }), event)
    t.equal(lines.length, 1)
    const { time: _, msg, ...rest } = JSON.parse(lines[0]!) as Record<string, unknown>
    t.same(rest, { level, ...facts })
    t.type(msg, 'string')
  })
}
