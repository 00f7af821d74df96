import { readFileSync } from 'node:fs'
import { pollOf, pollPath, startOf, startPath } from './calls.ts'
import { Client, type Target } from './client.ts'
import { latenciesOf, type Latencies } from './latencies.ts'

/**
 * A caller for what h2load cannot do: many tokens, a steady rate, one call at a time, polls that are held.
 * A process of its own that does one order at a time.
 */

interface Order extends Target {
  /** A file with a token a line; calls take them in turn. */
  readonly tokens: string
  readonly tokenCount: number
  readonly inputBytes: number
}

/** What the process can be asked for. */
export type LoadOrder = Order &
  (
    | {
        readonly kind: 'closed'
        readonly connections: number
        readonly streams: number
        readonly calls: number
      }
    | {
        readonly kind: 'paced'
        readonly connections: number
        readonly perSecond: number
        readonly calls: number
      }
    | { readonly kind: 'hold'; readonly connections: number; readonly calls: number }
    | { readonly kind: 'release' }
  )

export interface LoadResult {
  readonly calls: number
  readonly failed: number
  /** A status of a call that failed. */
  readonly why: string | undefined
  readonly seconds: number
  readonly latency: Latencies
}

let tokens: { readonly file: string; readonly lines: readonly string[] } | undefined
let held: Client[] = []

function tokensOf({ tokens: file, tokenCount }: Order): readonly string[] {
  if (tokens?.file !== file) {
    tokens = { file, lines: readFileSync(file, 'utf8').trim().split('\n') }
  }
  return tokens.lines.slice(0, tokenCount)
}

async function connectAll(order: Order, count: number): Promise<Client[]> {
  const clients: Client[] = []
  for (let at = 0; at < count; at += 1) clients.push(await Client.connect(order))
  return clients
}

/** Keeps account of calls until all have ended. */
class Account {
  readonly #latencies: Float64Array
  readonly #done = Promise.withResolvers<void>()
  readonly #began = performance.now()
  #ended = 0
  #failed = 0
  #why: string | undefined

  constructor(calls: number) {
    this.#latencies = new Float64Array(calls)
  }

  end(isGood: boolean, began: number, status: string): void {
    this.#latencies[this.#ended++] = (performance.now() - began) * 1_000
    if (!isGood) this.#failed += 1
    if (!isGood) this.#why ??= status
    if (this.#ended === this.#latencies.length) this.#done.resolve()
  }

  async result(): Promise<LoadResult> {
    await this.#done.promise
    const seconds = (performance.now() - this.#began) / 1_000
    const latency = latenciesOf(this.#latencies)
    return { calls: this.#ended, failed: this.#failed, why: this.#why, seconds, latency }
  }
}

/** So many streams on each connection, each with one call after the other. */
async function closedLoop(order: LoadOrder & { kind: 'closed' }): Promise<LoadResult> {
  const clients = await connectAll(order, order.connections)
  const lines = tokensOf(order)
  const frame = startOf(order.inputBytes)
  const account = new Account(order.calls)
  let begun = 0
  const next = (client: Client) => {
    if (begun === order.calls) return
    const token = lines[begun % lines.length] as string
    begun += 1
    client.call(startPath, token, frame, (isGood, began, status) => {
      account.end(isGood, began, status)
      next(client)
    })
  }
  for (let stream = 0; stream < order.streams; stream += 1)
    for (const client of clients) next(client)
  const result = await account.result()
  for (const client of clients) client.close()
  return result
}

/** Calls at a steady rate, whether or not those before have been answered. */
async function paced(order: LoadOrder & { kind: 'paced' }): Promise<LoadResult> {
  const clients = await connectAll(order, order.connections)
  const lines = tokensOf(order)
  const frame = startOf(order.inputBytes)
  const account = new Account(order.calls)
  const began = performance.now()
  let begun = 0
  const step = setInterval(() => {
    const due = Math.min(order.calls, ((performance.now() - began) * order.perSecond) / 1_000)
    for (; begun < due; begun += 1) {
      const client = clients[begun % clients.length] as Client
      client.call(startPath, lines[begun % lines.length] as string, frame, (...ended) =>
        account.end(...ended),
      )
    }
    if (begun === order.calls) clearInterval(step)
  }, 1)
  const result = await account.result()
  for (const client of clients) client.close()
  return result
}

/** Polls that nobody answers, spread over connections. */
async function hold(order: LoadOrder & { kind: 'hold' }): Promise<LoadResult> {
  held = await connectAll(order, order.connections)
  const [token = ''] = tokensOf(order)
  const frame = pollOf()
  let failed = 0
  let why: string | undefined
  for (let at = 0; at < order.calls; at += 1) {
    held[at % held.length]?.call(pollPath, token, frame, (_good, _began, status) => {
      failed += 1
      why ??= status
    })
    // Nobody's workers come all at once.
    if (at % 100 === 99) await new Promise((resolve) => setTimeout(resolve, 10))
  }
  return { calls: order.calls, failed, why, seconds: 0, latency: latenciesOf(new Float64Array(1)) }
}

async function carryOut(order: LoadOrder): Promise<LoadResult> {
  switch (order.kind) {
    case 'closed':
      return await closedLoop(order)
    case 'paced':
      return await paced(order)
    case 'hold':
      return await hold(order)
    case 'release':
      for (const client of held.splice(0)) client.close()
      return {
        calls: 0,
        failed: 0,
        why: undefined,
        seconds: 0,
        latency: latenciesOf(new Float64Array(1)),
      }
  }
}

process.on('message', (order: LoadOrder) => {
  void carryOut(order).then(
    (result) => process.send?.(result),
    (error: Error) => process.send?.({ error: error.message }),
  )
})
process.on('disconnect', () => process.exit())
