import { fastify } from 'fastify'
import { createServer, createSecureServer } from 'node:http2'
import type { Http2Server, Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import type { AddressInfo } from 'node:net'
import type { Answer } from '../core/answer.ts'
import { statusCodes } from '../core/status.ts'
import type { Settings } from '../config/settings.ts'
import type { Logger } from '../log.ts'
import { createAnswer } from './answer.ts'
import { arrivalOf, type Arrival } from './arrival.ts'
import { watchCertificate } from './certificate.ts'
import { answerHealth, healthCheckPath } from './health.ts'
import { createSessions } from './sessions.ts'

export interface GatewayParts {
  readonly listen: Settings['listen']
  /** Takes a call from here. Whatever happens to a call is an answer; if it rejects, that is a bug. */
  readonly handle: (arrival: Arrival, answer: Answer) => Promise<void>
  /** What health checks are told. */
  readonly isServing: () => boolean
  readonly log: Logger
}

export interface Gateway {
  readonly start: () => Promise<{ readonly host: string; readonly port: number }>
  /** Takes no new connections, tells callers to go elsewhere, and soon cuts those that stay. */
  readonly stop: () => Promise<void>
}

/** Limits of node:http2 that are not its defaults; a header list must hold a token of 16 KiB. */
const http2Settings = {
  maxHeaderListSize: 64 * 1024,
  maxConcurrentStreams: 1000,
  initialWindowSize: 256 * 1024,
}

/** How long callers may take to read their last answers and hang up. */
const partingMs = 1_000

/** For what should never happen. Not INTERNAL: SDKs repeat that at once. */
const bugStatus = { code: statusCodes.UNAVAILABLE, words: 'the call failed here', trailers: [] }

/**
 * The one port: TLS with ALPN. gRPC comes over `h2` and goes to `handle`; everything else is Fastify's,
 * which owns the listener and its life.
 */
export function createGateway({ listen, handle, isServing, log }: GatewayParts): Gateway {
  const sessions = createSessions()
  const certificate = listen.tls && watchCertificate({ ...listen.tls, log })
  const takeCall = async (request: Http2ServerRequest, response: Http2ServerResponse) => {
    const answer = createAnswer(response)
    try {
      if (request.url === healthCheckPath) answerHealth(request, answer, isServing())
      else await handle(arrivalOf(request), answer)
    } catch (error) {
      log.error({ err: error, path: request.url }, 'a call could not be handled: this is a bug')
      answer.sendStatus(bugStatus)
    }
  }
  const app = createApp((toFastify) => {
    const options = { settings: http2Settings, maxSessionMemory: 64 }
    const server: Http2Server = certificate
      ? createSecureServer({ ...options, ...certificate.current(), allowHTTP1: true })
      : createServer(options)
    server.on('request', (request, response) => {
      if (isGrpc(request)) void takeCall(request, response)
      else toFastify(request, response)
    })
    server.on('connection', sessions.addSocket)
    server.on('session', sessions.add)
    certificate?.onChange((context) =>
      (server as Partial<SecureContextHolder>).setSecureContext?.(context),
    )
    return server
  })
  return {
    start: async () => {
      await app.listen({ host: listen.host, port: listen.port })
      const { port } = app.server.address() as AddressInfo
      return { host: listen.host, port }
    },
    stop: async () => {
      certificate?.close()
      sessions.close()
      const parting = setTimeout(sessions.cut, partingMs)
      await app.close()
      clearTimeout(parting)
    },
  }
}

interface SecureContextHolder {
  setSecureContext(context: { cert: Buffer; key: Buffer }): void
}

type RequestHandler = (request: Http2ServerRequest, response: Http2ServerResponse) => void

function createApp(createHttpServer: (handler: RequestHandler) => Http2Server) {
  const app = fastify({ http2: true, logger: false, serverFactory: createHttpServer })
  app.setNotFoundHandler((_request, reply) =>
    reply
      .code(404)
      .send({ code: 12, message: 'this port speaks gRPC: send application/grpc over h2' }),
  )
  return app
}

/** gRPC by its method and content type, and only over HTTP/2: an HTTP/1.1 request can carry no trailers back. */
function isGrpc({ httpVersionMajor, method, headers }: Http2ServerRequest): boolean {
  const contentType = headers['content-type'] ?? ''
  const fits = /^application\/grpc(\+proto)?(;|$)/.test(contentType)
  return httpVersionMajor === 2 && method === 'POST' && fits
}
