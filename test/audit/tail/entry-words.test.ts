import t from 'tap'
import { callerOf, callOf, endOf, otherWords, shown } from '../../../src/audit/tail/entry-words.ts'
import { sampleEntries as samples } from '../../support/sample-entries.ts'

t.test('a field is shown on one line, cut and escaped', async (t) => {
  t.equal(shown({ a: 'x\u001b[31my\u202e' }, 'a'), 'x\\u{1b}[31my\\u{202e}')
  t.equal(shown({ a: 'x'.repeat(100) }, 'a'), `${'x'.repeat(80)}…`)
  t.equal(shown({ a: 7 }, 'a'), '7')
  t.equal(shown({ a: {} }, 'a'), undefined)
})

t.test('a caller is a job, or whoever it was', async (t) => {
  t.equal(callerOf(samples.allowed), 'acme/payments/ledger-workers job 11840226751')
  t.equal(callerOf({ project_path: 'p', principal: 'somebody else' }), 'somebody else')
  t.equal(callerOf(samples.unverified), '203.0.113.9')
  t.equal(callerOf({}), 'somebody')
})

t.test('a call is a method and what it acts on', async (t) => {
  t.equal(callOf(samples.allowed), 'StartWorkflowExecution payments ledger-2071884310')
  t.equal(callOf(samples.noMethod), '/grpc.health.v1.Health/Watch')
  t.equal(callOf({}), 'a call')
})

t.test('an end says how, and how long it took', async (t) => {
  t.equal(endOf(samples.completed), 'completed in 17.4 ms')
  t.equal(endOf(samples.failed), 'failed upstream_unavailable status 14 in 3.1 ms')
  t.equal(endOf(samples.unknown), 'unknown open when the process ended')
  t.equal(endOf({}), 'ended')
})

t.test('every other kind has its words', async (t) => {
  const rows: [object, string][] = [
    [
      samples.start,
      'start of Sallyport 0.1.0 on sallyport-0; 2 calls were open when the process before ended; 17 bytes of a half-written entry were cut',
    ],
    [{ kind: 'start', version: '1', replica: 'r' }, 'start of Sallyport 1 on r'],
    [samples.stop, 'stop'],
    [samples.identity, `token of ${samples.identity.principal} (machine of gitlab)`],
    [{ kind: 'identity' }, 'token of somebody (undefined of undefined)'],
    [samples.policy, 'policy sha256:888888888888…: added wider'],
    [
      {
        kind: 'policy',
        policy_hash: 'h',
        removed: { names: ['a', 'b'] },
        changed: { names: ['c'] },
      },
      'policy h: removed a, b; changed c',
    ],
    [{ kind: 'policy', policy_hash: 'h' }, 'policy h: the same rules'],
    [samples.policyRefused, 'policy not taken: 1 problems; the old one stays'],
    [
      samples.refusals,
      '1200 calls refused: credential_missing, from 203.0.113.9, 203.0.113.10, others',
    ],
    [{ kind: 'refusals', count: 2, code: 'draining' }, '2 calls refused: draining'],
    [samples.issuerKeys, 'keys of gitlab: added k2; withdrawn k1'],
    [{ kind: 'issuer_keys', issuer: 'i' }, 'keys of i: fetched'],
    [samples.issuerFailed, 'keys of gitlab could not be fetched'],
    [samples.checkpoint, 'checkpoint over entries up to 16, 1 calls open'],
    [{ kind: 'checkpoint', size: 2 }, 'checkpoint over entries up to 2, 0 calls open'],
    [samples.signingKey, 'checkpoints are signed with the key 0123abcd from here'],
    [samples.retention, 'entries up to 2 are removed because of their age'],
    [samples.search, 'loopback: search, project acme/*'],
    [samples.logout, 'loopback: logout'],
    [{ kind: 'tomorrow' }, 'entry of the kind tomorrow'],
    [{ kind: 'constructor' }, 'entry of the kind constructor'],
    [{}, 'entry of the kind undefined'],
  ]
  for (const [entry, words] of rows) t.equal(otherWords(entry as never), words)
})

t.test('names that somebody chose are escaped wherever they are listed', async (t) => {
  const bad = '\u001b[2Jx'
  const entries = [
    { kind: 'policy', added: { names: [bad] } },
    { kind: 'refusals', code: bad, peers: { [bad]: 1 } },
    { kind: 'issuer_keys', issuer: bad, added: [bad] },
    { kind: 'review', reviewer: bad, action: bad, about: { [bad]: bad } },
    { kind: bad },
  ]
  for (const entry of entries) t.notMatch(otherWords(entry), '\u001b')
})
