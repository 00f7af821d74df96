import t from 'tap'
import { loginRefusal, loginRefusalRow } from '../../src/review/login-refusal.ts'

void t.test('a refusal of a login is one, with a detail for the record', async (t) => {
  t.strictSame(loginRefusal('login_unknown', 'd'), {
    refused: true,
    code: 'login_unknown',
    detail: 'd',
  })
})

const rows: readonly [Parameters<typeof loginRefusalRow>[0], http: number, words: RegExp][] = [
  ['login_unknown', 400, /not begun in this browser/],
  ['issuer_refused', 403, /did not log you in/],
  ['issuer_unavailable', 503, /cannot be asked/],
  ['answer_invalid', 502, /does not hold/],
  ['session_ended', 403, /not logged in/],
  ['not_granted', 403, /may not review/],
  ['denied_by_rule', 403, /may not review/],
  ['audit_unavailable', 503, /cannot be checked or recorded/],
  ['keys_unavailable', 503, /cannot be checked or recorded/],
  ['signature_invalid', 401, /does not hold/],
  ['credential_malformed', 401, /does not hold/],
]

for (const [code, http, words] of rows) {
  void t.test(`somebody who is refused as ${code} is told so much`, async (t) => {
    t.match(loginRefusalRow(code), { http, words })
  })
}

void t.test(
  'the words are the same for whoever is not granted and whoever is denied',
  async (t) => {
    t.strictSame(loginRefusalRow('not_granted'), loginRefusalRow('denied_by_rule'))
  },
)
