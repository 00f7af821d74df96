import { fastify } from 'fastify'
import { createServer as createHttpServer, type Server } from 'node:http'
import { createServer, type AddressInfo, type Server as NetServer, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import type { Answer } from '../core/answer.ts'
import { statusCodes } from '../core/status.ts'
import type { Settings } from '../config/settings.ts'
import type { Logger } from '../log.ts'
import type { Arrival } from './arrival.ts'
import { CallerConnection, type CallerConnectionParts } from './caller-connection.ts'
import { watchCertificate } from './certificate.ts'
import { Connections } from './connections.ts'
import { answerHealth, healthCheckPath } from './health.ts'
import { HeldBytes } from './held-bytes.ts'
import { listenFor } from './spoken.ts'
import type { WireRefusal } from './wire-refusal.ts'

export interface GatewayParts {
  readonly listen: Settings['listen']
  /** Takes a call from here. Whatever happens to a call is an answer; if it rejects, that is a bug. */
  readonly handle: (arrival: Arrival, answer: Answer) => Promise<void>
  /** What health checks are told. */
  readonly isServing: () => boolean
  /** Told of everything that was ended for what a caller did. */
  readonly observe?: (reason: WireRefusal) => void
  readonly log: Logger
}

/** What callers hold at the moment. */
export interface GatewayState {
  readonly connections: number
  readonly streams: number
  readonly bufferedBytes: number
}

export interface Gateway {
  readonly start: () => Promise<{ readonly host: string; readonly port: number }>
  /** Takes no new connections, tells callers to go elsewhere, and soon cuts those that stay. */
  readonly stop: () => Promise<void>
  readonly state: () => GatewayState
}

/** How long callers may take to read their last answers and hang up. */
const partingMs = 1_000

/** How often connections are looked at for what takes too long. */
const checkIntervalMs = 1_000

/** For what should never happen. Not INTERNAL: SDKs repeat that at once. */
const bugStatus = { code: statusCodes.UNAVAILABLE, words: 'the call failed here', trailers: [] }

/**
 * The one port: TLS with ALPN, or the first bytes without it, tell what is spoken. gRPC comes over
 * HTTP/2 and goes to `handle`; HTTP/1.1 is Fastify's, which owns the listener and its life.
 */
export function createGateway(parts: GatewayParts): Gateway {
  const { listen, log, observe = () => undefined } = parts
  const { limits } = listen
  const certificate = listen.tls && watchCertificate({ ...listen.tls, log })
  const connections = new Connections(limits, observe)
  const callers = new Set<CallerConnection>()
  const held = new HeldBytes(limits.bufferedBytesMax)
  const take = createTake(parts)

  function serve(socket: Socket, first?: Buffer): void {
    const caller = new CallerConnection({
      socket,
      limits,
      held,
      take,
      observe: (reason, why) => {
        log.debug({ peer: socket.remoteAddress, reason, why }, 'a caller was cut off')
        observe(reason)
      },
      onClosed: () => callers.delete(caller),
    })
    callers.add(caller)
    if (first) caller.receive(first)
    socket.resume()
  }

  const app = createApp((http) => {
    const onSocket = { serve, http, greetingMaxMs: limits.greetingMaxMs, observe }
    const server = createListener(certificate, onSocket)
    server.on('connection', (socket: Socket) => connections.add(socket))
    return server
  })
  const checks = setInterval(() => {
    const now = performance.now()
    for (const caller of callers) caller.check(now)
  }, checkIntervalMs).unref()
  return {
    start: async () => {
      await app.listen({ host: listen.host, port: listen.port })
      return { host: listen.host, port: (app.server.address() as AddressInfo).port }
    },
    stop: async () => {
      certificate?.close()
      for (const caller of callers) caller.drain()
      const parting = setTimeout(() => connections.cut(), partingMs)
      await app.close()
      clearTimeout(parting)
      clearInterval(checks)
    },
    state: () => {
      let streams = 0
      for (const caller of callers) streams += caller.streams
      return { connections: connections.size, streams, bufferedBytes: held.bytes }
    },
  }
}

/** Hands a call on. It must not throw, since the connection is in the middle of reading. */
function createTake({ handle, isServing, log }: GatewayParts): CallerConnectionParts['take'] {
  return (arrival, call) => {
    const { answer } = call
    // Not the arrival itself, which would be kept for as long as the call lasts.
    const { path } = arrival
    const failed = (error: unknown) => {
      log.error({ err: error, path }, 'a call could not be handled: this is a bug')
      answer.sendStatus(bugStatus)
      call.release()
    }
    try {
      if (path === healthCheckPath) {
        answerHealth(answer, isServing())
        return call.release()
      }
      handle(arrival, answer).then(() => call.release(), failed)
    } catch (error) {
      failed(error)
    }
  }
}

interface ListenerParts {
  readonly serve: (socket: Socket, first?: Buffer) => void
  /** Serves HTTP/1.1 on sockets that it is given; it listens nowhere. */
  readonly http: Server
  readonly greetingMaxMs: number
  readonly observe: (reason: WireRefusal) => void
}

function createListener(
  certificate: ReturnType<typeof watchCertificate> | undefined,
  { serve, http, greetingMaxMs, observe }: ListenerParts,
): NetServer {
  if (certificate === undefined) {
    return createServer({ noDelay: true }, (socket) => {
      const late = setTimeout(() => {
        observe('greeting')
        socket.destroy()
      }, greetingMaxMs)
      socket.once('close', () => clearTimeout(late))
      listenFor(socket, ({ protocol, first }) => {
        clearTimeout(late)
        if (protocol === 'h2') return serve(socket, first)
        http.emit('connection', socket)
        socket.unshift(first)
        socket.resume()
      })
    })
  }
  const options = {
    ALPNProtocols: ['h2', 'http/1.1'],
    handshakeTimeout: greetingMaxMs,
    noDelay: true,
    ...certificate.current(),
  }
  const server = createTlsServer(options, (socket) => {
    if (socket.alpnProtocol === 'h2') serve(socket)
    else http.emit('connection', socket)
  })
  server.on('tlsClientError', (error, socket) => {
    if ((error as NodeJS.ErrnoException).code === 'ERR_TLS_HANDSHAKE_TIMEOUT') observe('greeting')
    socket.destroy()
  })
  certificate.onChange((context) => server.setSecureContext(context))
  return server
}

/** How long a request over HTTP/1.1 may take to arrive; there is next to nothing to ask for. */
const requestMaxMs = 10_000

function createApp(createListening: (http: Server) => NetServer) {
  const app = fastify({
    logger: false,
    serverFactory: (listener) => {
      const times = { headersTimeout: requestMaxMs, requestTimeout: requestMaxMs }
      const http = createHttpServer({ ...times, connectionsCheckingInterval: 1_000 }, listener)
      const server = createListening(http) as unknown as Server
      // It looks for slow requests only once it listens, which it never does itself.
      server.once('listening', () => http.emit('listening'))
      server.once('close', () => http.close())
      return server
    },
  })
  app.setNotFoundHandler((_request, reply) =>
    reply
      .code(404)
      .send({ code: 12, message: 'this port speaks gRPC: send application/grpc over h2' }),
  )
  return app
}
