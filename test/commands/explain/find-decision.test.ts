import { join } from 'node:path'
import t from 'tap'
import { findDecision } from '../../../src/commands/explain/find-decision.ts'

const line = (entry: object) => `${JSON.stringify(entry)}\n`
const digest = 'a'.repeat(64)

function journal(t: { testdir: (files: Record<string, string>) => string }): string {
  return t.testdir({
    '000000000001.jsonl':
      line({ kind: 'identity', token_sha256: digest, principal: 'job' }) +
      line({ kind: 'decision', decision_id: 'd-0', token_sha256: digest }),
    '000000000003.jsonl':
      line({ kind: 'decision', decision_id: 'd-1', token_sha256: digest }) +
      line({ kind: 'decision', decision_id: 'd-2', detail: 'd-1' }) +
      line({ kind: 'completion', decision_id: 'd-1', outcome: 'completed' }) +
      '{"kind":"decision","decision_id":"d-1',
    'notes.txt': 'd-9',
  })
}

void t.test(
  'a decision is found with its identity of an earlier segment, and its end',
  async (t) => {
    t.match(await findDecision(journal(t), 'd-1'), {
      decision: { decision_id: 'd-1' },
      identity: { principal: 'job' },
      completion: { outcome: 'completed' },
    })
  },
)

void t.test('a decision without a token has no identity', async (t) => {
  const found = await findDecision(journal(t), 'd-2')
  t.same([found.identity, found.completion], [undefined, undefined])
})

void t.test('one segment is a journal too', async (t) => {
  const found = await findDecision(join(journal(t), '000000000003.jsonl'), 'd-1')
  t.equal(found.identity, undefined)
})

void t.test('what is not there is said to be so', async (t) => {
  const directory = journal(t)
  await t.rejects(findDecision(directory, 'd-9'), { name: 'UsageError', message: /d-9 is not in/ })
  await t.rejects(findDecision(join(directory, 'none'), 'd-1'), {
    name: 'UsageError',
    message: /cannot be read \(ENOENT\); name it with --journal/,
  })
})
