import { fastify, type FastifyPluginCallback } from 'fastify'
import type { AddressInfo } from 'node:net'
import { readinessOf, type ReadinessCheck } from './readiness.ts'

export interface OpsParts {
  readonly host: string
  readonly port: number
  readonly checks: readonly ReadinessCheck[]
  /** The policy in force. */
  readonly policy: () => { readonly hash: string }
  /** More routes, such as those of the review page. */
  readonly plugins?: readonly FastifyPluginCallback[]
  readonly metrics: { readonly render: () => Promise<string>; readonly contentType: string }
}

export interface OpsServer {
  readonly start: () => Promise<{ readonly host: string; readonly port: number }>
  readonly stop: () => Promise<void>
}

/** The listener for operators: liveness, readiness, metrics and whatever is plugged in. Plain HTTP, meant for loopback or a pod's network. */
export function createOpsServer(parts: OpsParts): OpsServer {
  const { host, port, checks, policy, metrics, plugins = [] } = parts
  const app = fastify({ logger: false })
  app.get('/livez', () => ({ status: 'alive' }))
  app.get('/readyz', async (_request, reply) => {
    const report = await readinessOf(checks)
    const body = { ...report, policy_hash: policy().hash }
    return reply.code(report.ready ? 200 : 503).send(body)
  })
  app.get('/metrics', async (_request, reply) =>
    reply.header('content-type', metrics.contentType).send(await metrics.render()),
  )
  for (const plugin of plugins) void app.register(plugin)
  return {
    start: async () => {
      await app.listen({ host, port })
      return { host, port: (app.server.address() as AddressInfo).port }
    },
    stop: async () => {
      app.server.closeAllConnections()
      await app.close()
    },
  }
}
