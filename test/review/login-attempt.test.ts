import t from 'tap'
import { attemptAgeMaxMs, createLoginAttempts } from '../../src/review/login-attempt.ts'

void t.test('an attempt has four secrets, none like another', async (t) => {
  const attempts = createLoginAttempts()
  const { begunAt, ...one } = attempts.begin(7, '10.0.0.1')
  const { begunAt: _, ...other } = attempts.begin(7, '10.0.0.1')
  t.equal(begunAt, 7)
  const secrets = [...Object.values(one), ...Object.values(other)]
  t.equal(new Set(secrets).size, 8)
  // RFC 7636 asks for 43 characters of the verifier at least.
  for (const secret of secrets) t.match(secret, /^[\w-]{43}$/)
})

void t.test('an attempt is taken once, by its state', async (t) => {
  const attempts = createLoginAttempts()
  const attempt = attempts.begin(0, '10.0.0.1')
  t.equal(attempts.take('x', 1), undefined)
  t.equal(attempts.take(attempt.nonce, 1), undefined)
  t.equal(attempts.take(attempt.state, 1), attempt)
  t.equal(attempts.take(attempt.state, 1), undefined)
})

void t.test('an attempt takes ten minutes at most', async (t) => {
  const attempts = createLoginAttempts()
  const [one, other] = [attempts.begin(0, '10.0.0.1'), attempts.begin(0, '10.0.0.1')]
  t.ok(attempts.take(one.state, attemptAgeMaxMs - 1))
  t.notOk(attempts.take(other.state, attemptAgeMaxMs))
})

void t.test('a thousand attempts are remembered, and the newest of more', async (t) => {
  const attempts = createLoginAttempts()
  const all = Array.from({ length: 1001 }, () => attempts.begin(0, '10.0.0.1').state)
  t.notOk(attempts.take(all[0] ?? '', 1))
  t.ok(attempts.take(all[1] ?? '', 1))
  t.ok(attempts.take(all[1000] ?? '', 1))
})

void t.test('a flood of logins from one address drops only its own, oldest first', async (t) => {
  const attempts = createLoginAttempts()
  const reviewer = attempts.begin(0, '10.0.0.1').state
  const flood = Array.from({ length: 5_000 }, () => attempts.begin(1, '10.0.0.66').state)
  t.notOk(attempts.take(flood[4_000] ?? '', 2))
  t.ok(attempts.take(flood[4_001] ?? '', 2))
  t.ok(attempts.take(flood[4_999] ?? '', 2))
  t.ok(attempts.take(reviewer, 2))
})

void t.test('attempts that took too long make room before others do', async (t) => {
  const attempts = createLoginAttempts()
  for (let nth = 0; nth < 999; nth++) attempts.begin(0, `10.0.1.${nth}`)
  const late = Array.from({ length: 500 }, () => attempts.begin(attemptAgeMaxMs, '10.0.0.1').state)
  for (const state of late) t.ok(attempts.take(state, attemptAgeMaxMs + 1))
})
