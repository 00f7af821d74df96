import { fastify, type InjectOptions } from 'fastify'
import { parse } from 'node:querystring'
import { Readable } from 'node:stream'
import t from 'tap'
import type { ReviewFacts } from '../../../src/core/review-entry.ts'
import { html } from '../../../src/review/html.ts'
import {
  visited,
  type Answer,
  type ReviewParts,
  type Visit,
} from '../../../src/review/pages/visit.ts'
import type { ReviewAccess } from '../../../src/review/reviewer.ts'
import { loopbackReviewer, reviewParts, unrecorded } from '../../support/review-page.ts'

const page = { title: 'T', main: html`<p>secret</p>` }
const form = { 'sec-fetch-site': 'same-origin', 'content-type': 'text/plain' }

/** One route with a handler, asked once. */
async function ask(
  handle: (visit: Visit) => Promise<Answer>,
  options: InjectOptions = {},
  changes: Partial<ReviewParts> = {},
) {
  const app = fastify()
  app.addContentTypeParser('text/plain', { parseAs: 'string' }, (_request, body, done) =>
    done(null, parse(String(body))),
  )
  const parts = reviewParts([], changes)
  app.route({
    method: ['GET', 'POST'],
    url: '/review/:name',
    handler: visited(parts, handle),
  })
  const answer = await app.inject({ url: '/review/x?a=1', ...options })
  await app.close()
  return { answer, parts }
}

const nobody = (hasLogin: boolean): { access: ReviewAccess } => ({
  access: { hasLogin, routes: (_app, _options, done) => done(), reviewerOf: () => undefined },
})

t.test('who may look is answered, and the handler knows what was asked', async (t) => {
  let seen: Visit | undefined
  const { answer } = await ask(
    async (visit) => {
      seen = visit
      return { page }
    },
    { headers: { 'last-event-id': '7' } },
  )
  t.equal(answer.statusCode, 200)
  t.equal(answer.headers['content-type'], 'text/html; charset=utf-8')
  t.match(answer.body, '<p>secret</p>')
  t.match(seen, {
    reviewer: loopbackReviewer,
    query: { a: '1' },
    params: { name: 'x' },
    form: {},
    lastEventId: '7',
  })
  t.equal(seen?.isStillAllowed(), true)
})

const answers = [
  [{ page, status: 404 }, { statusCode: 404 }],
  [{ redirect: '/review/verify' }, { statusCode: 303, headers: { location: '/review/verify' } }],
  [{ json: { running: true } }, { statusCode: 200, body: '{"running":true}' }],
  [{ nothing: 204 }, { statusCode: 204, body: '' }],
] as const

for (const [given, expected] of answers) {
  t.test(`an answer: ${Object.keys(given)[0]}`, async (t) => {
    t.match((await ask(async () => given)).answer, expected)
  })
}

t.test('an answer: a stream', async (t) => {
  const stream = Readable.from(['a', 'b'])
  const { answer } = await ask(async () => ({ stream, headers: { 'content-type': 'text/csv' } }))
  t.match(answer, { body: 'ab', headers: { 'content-type': 'text/csv' } })
})

t.test('nobody is sent to the login, where there is one and a person reads', async (t) => {
  const never = async (): Promise<Answer> => t.fail('it was handled') as never
  const { answer } = await ask(never, {}, nobody(true))
  t.match(answer, { statusCode: 302, headers: { location: '/review/login' } })
  const stream = await ask(never, { headers: { accept: 'text/event-stream' } }, nobody(true))
  t.match(stream.answer, { statusCode: 401, body: '' })
  const sent = await ask(never, { method: 'POST', headers: form, payload: 'a=1' }, nobody(true))
  t.match(sent.answer, { statusCode: 401, body: '' })
})

t.test('where there is no login, nobody is told where the page is seen', async (t) => {
  const { answer } = await ask(async () => ({ page }), {}, nobody(false))
  t.equal(answer.statusCode, 403)
  t.match(answer.body, 'This page is for the machine that Sallyport runs on')
  t.notMatch(answer.body, /secret|<nav/)
})

t.test('a form needs its token', async (t) => {
  const handle = async ({ form }: Visit): Promise<Answer> => ({ json: form })
  const send = async (payload: string) =>
    (await ask(handle, { method: 'POST', headers: form, payload })).answer
  t.match(await send('form_token=the-form-token&a=1'), { statusCode: 200, body: /"a":"1"/ })
  const empty = await ask(handle, { method: 'POST', headers: { 'sec-fetch-site': 'same-origin' } })
  t.equal(empty.answer.statusCode, 403, 'no form at all')
  for (const payload of [
    'a=1',
    'form_token=',
    'form_token=the-form-tokeN',
    'form_token=x',
    'form_token=the-form-token&form_token=x',
  ]) {
    const answer = await send(payload)
    t.equal(answer.statusCode, 403, payload)
    t.match(answer.body, 'Nothing was done.')
  }
})

t.test('a form that another site sent is refused, whatever it knows', async (t) => {
  const headers = { ...form, 'sec-fetch-site': 'cross-site' }
  const payload = 'form_token=the-form-token'
  const { answer } = await ask(async () => ({ page }), { method: 'POST', headers, payload })
  t.equal(answer.statusCode, 403)
  t.notMatch(answer.body, 'secret')
})

t.test('what is looked at is recorded, with who and from where', async (t) => {
  const facts: ReviewFacts[] = []
  const record = async (fact: ReviewFacts) => {
    facts.push(fact)
    return { ok: true } as const
  }
  const handle = async (visit: Visit): Promise<Answer> => {
    await visit.record('view', { page: 'x' })
    await visit.record('search')
    return { page }
  }
  await ask(handle, { remoteAddress: '10.0.0.7' }, { record, now: () => 5 })
  const who = { at: 5, reviewer: 'loopback', issuer: undefined, peer: '10.0.0.7' }
  t.same(facts, [
    { ...who, action: 'view', about: { page: 'x' } },
    { ...who, action: 'search' },
  ])
})

t.test('what cannot be recorded is not shown', async (t) => {
  const handle = async (visit: Visit): Promise<Answer> => {
    await visit.record('view')
    return { page }
  }
  const { answer } = await ask(handle, {}, { record: async () => unrecorded })
  t.equal(answer.statusCode, 503)
  t.match(answer.body, 'This cannot be shown, because it cannot be recorded')
  t.notMatch(answer.body, 'secret')
})

t.test('a reviewer who became another, or nobody, may not go on', async (t) => {
  let reviewer: typeof loopbackReviewer | undefined = loopbackReviewer
  const uses: (boolean | undefined)[] = []
  const access: ReviewAccess = {
    ...nobody(true).access,
    reviewerOf: (_request, asking) => {
      uses.push(asking?.isUse)
      return reviewer
    },
  }
  await ask(
    async ({ isStillAllowed }) => {
      t.equal(isStillAllowed(), true)
      reviewer = { ...loopbackReviewer, name: 'bob' }
      t.equal(isStillAllowed(), false)
      reviewer = undefined
      t.equal(isStillAllowed(), false)
      return { page }
    },
    {},
    { access },
  )
  t.same(uses, [undefined, false, false, false], 'watching is no use that keeps a session alive')
})

t.test('other trouble is left to the error handler', async (t) => {
  const { answer } = await ask(() => Promise.reject(new Error('a bug')))
  t.equal(answer.statusCode, 500)
})
