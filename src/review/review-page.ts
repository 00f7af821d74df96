import type { FastifyInstance, FastifyPluginCallback, FastifyReply } from 'fastify'
import { parse } from 'node:querystring'
import { createCallRoute } from './pages/call-route.ts'
import { createCallsRoute } from './pages/calls-route.ts'
import { createExportRoute } from './pages/export-route.ts'
import { createLiveRoutes } from './pages/live-route.ts'
import { notFoundPage, troublePage } from './pages/message-page.ts'
import { pageScript } from './pages/script.ts'
import { securityHeaders } from './pages/security-headers.ts'
import { createSignOffRoutes } from './pages/sign-off-route.ts'
import { pageStyle } from './pages/style.ts'
import { createVerifyRoutes } from './pages/verify-route.ts'
import { sendPage, visited, type Handle, type ReviewParts } from './pages/visit.ts'

/** A note of the longest length, encoded, and the fields around it. */
const formBytesMax = 64 * 1024

/**
 * The review page, for the ops listener: everything below `/review`. What a reviewer looks at is
 * recorded before it is shown. Register it without a prefix.
 */
export function createReviewPage(parts: ReviewParts): FastifyPluginCallback {
  return (app, _options, done) => {
    // Logins have an address, headers and pages of their own.
    void app.register(parts.access.routes)
    void app.register(
      (inside, _prefix, ready) => {
        protect(inside, parts)
        addRoutes(inside, parts)
        ready()
      },
      { prefix: '/review' },
    )
    done()
  }
}

/** What every answer has, and what becomes of what no route knows. */
function protect(app: FastifyInstance, { index, log }: ReviewParts): void {
  app.addHook('onRequest', async (_request, reply) => {
    void reply.headers(securityHeaders)
  })
  app.removeAllContentTypeParsers()
  // A field that is there twice is there as a list, which no page takes for a text.
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: formBytesMax },
    (_request, body, parsed) => parsed(null, parse(String(body))),
  )
  app.setNotFoundHandler((request, reply) => {
    const isKnownMethod = ['GET', 'HEAD', 'POST'].includes(request.method)
    if (!isKnownMethod) void reply.header('allow', 'GET, HEAD, POST')
    return sendPage(reply, isKnownMethod ? 404 : 405, undefined, notFoundPage())
  })
  app.setErrorHandler((error: { readonly statusCode?: number }, _request, reply) => {
    if (error.statusCode !== undefined && error.statusCode < 500) {
      return sendPage(reply, error.statusCode, undefined, notFoundPage())
    }
    log.error({ err: error }, 'the review page could not answer')
    return sendTrouble(reply, index)
  })
}

async function sendTrouble(
  reply: FastifyReply,
  index: ReviewParts['index'],
): Promise<FastifyReply> {
  const { trouble } = await index.state().catch(() => ({ trouble: undefined }))
  return sendPage(reply, 503, undefined, troublePage(trouble))
}

function addRoutes(app: FastifyInstance, parts: ReviewParts): void {
  const page = (handle: Handle) => visited(parts, handle)
  const live = createLiveRoutes(parts)
  const verify = createVerifyRoutes(parts)
  const signOff = createSignOffRoutes(parts)
  app.addHook('preClose', async () => live.close())
  app.get('/', page(createCallsRoute(parts)))
  app.get('/calls/:decisionId', page(createCallRoute(parts)))
  app.post('/export', page(createExportRoute(parts)))
  app.get('/live', page(live.view))
  app.get('/live/rows', { exposeHeadRoute: false }, page(live.rows))
  app.get('/verify', page(verify.view))
  app.post('/verify', page(verify.begin))
  app.get('/verify/state', page(verify.progress))
  app.get('/sign-off', page(signOff.view))
  app.post('/sign-off', page(signOff.sign))
  // Nothing in these is anybody's, and the page that turns people away needs them, too.
  app.get('/style.css', async (_request, reply) => reply.type('text/css').send(pageStyle))
  app.get('/script.js', async (_request, reply) => reply.type('text/javascript').send(pageScript))
}
