import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeCertificate } from '../../test/support/certificate.ts'
import { createMint, startOf } from './calls.ts'
import type { LoadOrder, LoadResult } from './load.ts'
import { startProcess } from './process-end.ts'
import { startProxy, type Proxy, type ProxyName } from './proxies.ts'
import type { StandInCounts } from './stand-in.ts'

/** What all measurements share: keys, tokens, a certificate, the upstream, and who calls. */
export interface Setting {
  readonly directory: string
  readonly token: string
  /** A file with a token a line, and how many it has. */
  readonly tokens: string
  readonly tokenCount: number
  readonly upstreamPort: number
  /** A file with a start in its frame that carries so much input. */
  readonly bodyOf: (inputBytes: number) => string
  readonly start: (name: ProxyName, tls: boolean) => Promise<Proxy>
  readonly load: (order: LoadOrder) => Promise<LoadResult>
  readonly counts: () => Promise<StandInCounts>
  readonly upstreamPid: number
  readonly stop: () => Promise<void>
}

/** Makes everything below a directory of its own. */
export async function createSetting(parts: {
  readonly parent: string
  readonly envoy: string
  readonly tokenCount: number
  readonly nodeFlags?: readonly string[]
}): Promise<Setting> {
  const { tokenCount } = parts
  const directory = mkdtempSync(join(parts.parent, 'sallyport-bench-'))
  const file = (name: string, content: string | Buffer) => {
    writeFileSync(join(directory, name), content)
    return join(directory, name)
  }
  const { jwks, mint } = createMint()
  file('jwks.json', JSON.stringify(jwks))
  const { cert, key } = await makeCertificate()
  file('tls.crt', cert)
  file('tls.key', key)
  const tokenList = Array.from({ length: tokenCount }, (_, job) => mint(job))
  const tokens = file('tokens', tokenList.join('\n'))
  const standIn = startProcess<object, StandInCounts>('./stand-in.ts')
  const caller = startProcess<LoadOrder, LoadResult>('./load.ts')
  const { port: upstreamPort } = await standIn.next()
  const running = new Set<Proxy>()
  return {
    directory,
    token: tokenList[0] ?? '',
    tokens,
    tokenCount,
    upstreamPort,
    bodyOf: (inputBytes) => file(`start-${inputBytes}`, startOf(inputBytes)),
    async start(name, tls) {
      const proxy = await startProxy(name, tls, { ...parts, directory, upstreamPort })
      running.add(proxy)
      return { ...proxy, stop: () => proxy.stop().finally(() => running.delete(proxy)) }
    },
    load: caller.ask,
    counts: () => standIn.ask({}),
    upstreamPid: standIn.pid,
    async stop() {
      caller.stop()
      await Promise.all([...running].map((proxy) => proxy.stop()))
      standIn.stop()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
