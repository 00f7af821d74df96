import { fastify } from 'fastify'
import t from 'tap'
import { protectReply, sendLoginPage } from '../../src/review/login-page.ts'

void t.test('a page is a sentence and a link, and may do nothing', async (t) => {
  const app = fastify()
  app.get('/', (_request, reply) =>
    sendLoginPage(reply, { status: 403, title: 'Not <b>', words: '"><script>alert(1)</script>' }),
  )
  const { statusCode, headers, body } = await app.inject('/')
  t.equal(statusCode, 403)
  t.match(headers, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': /^default-src 'none';.*frame-ancestors 'none'$/,
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  })
  t.match(body, '<a href="/review/login">Log in</a>')
  t.match(body, 'Not &lt;b&gt;')
  t.notMatch(body, /<script|<b>/)
})

void t.test('a redirect tells nobody where it came from', async (t) => {
  const app = fastify()
  app.get('/', (_request, reply) => protectReply(reply).redirect('/there', 303))
  const { statusCode, headers } = await app.inject('/')
  t.equal(statusCode, 303)
  t.match(headers, { location: '/there', 'referrer-policy': 'no-referrer' })
})
