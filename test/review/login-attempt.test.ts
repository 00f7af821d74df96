import t from 'tap'
import { attemptAgeMaxMs, createLoginAttempts } from '../../src/review/login-attempt.ts'

void t.test('an attempt has four secrets, none like another', async (t) => {
  const attempts = createLoginAttempts()
  const { begunAt, ...one } = attempts.begin(7)
  const { begunAt: _, ...other } = attempts.begin(7)
  t.equal(begunAt, 7)
  const secrets = [...Object.values(one), ...Object.values(other)]
  t.equal(new Set(secrets).size, 8)
  // RFC 7636 asks for 43 characters of the verifier at least.
  for (const secret of secrets) t.match(secret, /^[\w-]{43}$/)
})

void t.test('an attempt is taken once, by its state', async (t) => {
  const attempts = createLoginAttempts()
  const attempt = attempts.begin(0)
  t.equal(attempts.take('x', 1), undefined)
  t.equal(attempts.take(attempt.nonce, 1), undefined)
  t.equal(attempts.take(attempt.state, 1), attempt)
  t.equal(attempts.take(attempt.state, 1), undefined)
})

void t.test('an attempt takes ten minutes at most', async (t) => {
  const attempts = createLoginAttempts()
  const [one, other] = [attempts.begin(0), attempts.begin(0)]
  t.ok(attempts.take(one.state, attemptAgeMaxMs - 1))
  t.notOk(attempts.take(other.state, attemptAgeMaxMs))
})

void t.test('a thousand attempts are remembered, and the newest of more', async (t) => {
  const attempts = createLoginAttempts()
  const all = Array.from({ length: 1001 }, () => attempts.begin(0).state)
  t.notOk(attempts.take(all[0] ?? '', 1))
  t.ok(attempts.take(all[1] ?? '', 1))
  t.ok(attempts.take(all[1000] ?? '', 1))
})
