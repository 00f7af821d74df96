import t from 'tap'
import { cookieFor, readCookie } from '../../src/review/cookie.ts'

void t.test('over https a cookie is bound to the host, and no script sees it', async (t) => {
  const cookie = cookieFor('https://audit.acme.example', 'review')
  t.equal(cookie.name, '__Host-review')
  const attributes = 'Path=/; HttpOnly; SameSite=Lax; Secure'
  t.equal(cookie.keep('v', 60), `__Host-review=v; Max-Age=60; ${attributes}`)
  t.equal(cookie.forget, `__Host-review=; Max-Age=0; ${attributes}`)
})

void t.test('over http on this machine, browsers would refuse that', async (t) => {
  const cookie = cookieFor('http://localhost:9443', 'review')
  t.equal(cookie.keep('v', 60), 'review=v; Max-Age=60; Path=/; HttpOnly; SameSite=Lax')
})

const headers: readonly [header: string | undefined, value: string | undefined][] = [
  ['review=v', 'v'],
  ['a=b; review=v; c=d', 'v'],
  ['a=b;review=v', 'v'],
  ['review=v=w', 'v=w'],
  ['review=', ''],
  [undefined, undefined],
  ['', undefined],
  ['review', undefined],
  ['=review', undefined],
  ['__Host-review=v', undefined],
  ['Review=v', undefined],
  ['a=review=v', undefined],
  ['review=v; review=w', undefined],
]

for (const [header, value] of headers) {
  void t.test(`of the header ${header}, ${value} is the cookie`, async (t) => {
    t.equal(readCookie(header, 'review'), value)
  })
}
