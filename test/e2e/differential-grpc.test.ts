import { setTimeout as delay } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { cases, machines, malformedAnswers, startAsking } from '../support/differential-cases.ts'
import {
  comparable,
  findRawCallers,
  type PlannedCall,
  type RawCaller,
  type Server,
} from '../support/differential.ts'
import { findTool } from '../support/differential-tools.ts'
import { startGoUpstream, type AskedAnswer, type GoUpstream } from '../support/grpc-go-upstream.ts'
import { until } from '../support/audit-files.ts'
import { startSallyport } from '../support/sallyport.ts'

// The same calls of real gRPC libraries, directly and through Sallyport, to a real server of grpc-go.

t.setTimeout(300_000)

const go = await findTool('go-peers')
const callers = await findRawCallers()

/** Sallyport in front of an upstream, as a caller sees it. */
async function behindSallyport(t: Test, upstreamAddress: string): Promise<Server> {
  const { address, ca, mint } = await startSallyport(t, { machines, upstreamAddress })
  return { address, ca, token: mint() }
}

/** Makes the same calls both ways, and hands back what came of those through Sallyport. */
async function compare(
  t: Test,
  { make }: RawCaller,
  servers: { readonly direct: Server; readonly relayed: Server },
  calls: readonly PlannedCall[],
) {
  const direct = comparable(await make({ ...servers.direct, calls }))
  const relayed = comparable(await make({ ...servers.relayed, calls }))
  t.equal(Object.keys(relayed).length, calls.length, 'each call ended, and has its own name')
  for (const { name } of calls) t.same(relayed[name], direct[name], name)
  return relayed
}

for (const caller of callers) {
  const skip = go.missing || caller.missing
  void t.test(
    `${caller.name} sees the same directly and through Sallyport`,
    { skip },
    async (t) => {
      const upstream = await startGoUpstream(t, go)
      const relayed = await behindSallyport(t, upstream.address)
      const servers = { direct: { address: upstream.address }, relayed }

      await t.test('whatever a server answers to whatever is sent', async (t) => {
        // Two of the libraries wait for their deadline when a second message comes.
        const waits = (name: string) =>
          ['grpc-js', 'grpcio'].includes(caller.name) && name === 'two messages'
        const odd = malformedAnswers.filter(({ name }) => !waits(name))
        const seen = await compare(t, caller, servers, [...cases.map(({ call }) => call), ...odd])
        for (const { call, code } of cases) t.match(seen[call.name], { code }, call.name)
      })

      await t.test('many calls at once, each with its own answer', async (t) => {
        const calls = Array.from({ length: 200 }, (_, at) =>
          startAsking(`call ${at}`, {
            messages: [at * 97],
            delayMs: (at * 37) % 20,
            code: at % 7 === 0 ? 5 : 0,
            words: at % 7 === 0 ? `nothing at ${at}` : '',
          }),
        )
        const atOnce = { atOnce: true, calls }
        const expected = comparable(await caller.make({ ...servers.direct, ...atOnce }))
        const seen = comparable(await caller.make({ ...relayed, ...atOnce }))
        t.same(seen, expected)
        for (const [at, { name }] of calls.entries()) {
          t.match(seen[name], at % 7 === 0 ? { code: 5 } : { code: 0, message: { bytes: at * 97 } })
        }
      })

      for (const [way, server] of Object.entries(servers)) {
        await t.test(`deadlines pass and calls are cancelled, ${way}`, async (t) => {
          await leaveEarly(t, caller, server, { upstream, way })
        })
      }
    },
  )
}

/** Else the time that a connection takes, and a runtime to get going, would count as the call's. */
const first = startAsking('first', { messages: [1] })

const whiles: Readonly<Record<string, AskedAnswer>> = {
  'before anything': { delayMs: 60_000 },
  'behind the head': { headAtOnce: true, delayMs: 60_000 },
  'behind the message': { messages: [100_000], delayAfterMs: 60_000 },
}

/** Callers who do not wait for the end; their libraries and the upstream must know of it. */
async function leaveEarly(
  t: Test,
  { make }: RawCaller,
  server: Server,
  { upstream, way }: { readonly upstream: GoUpstream; readonly way: string },
): Promise<void> {
  const late = startAsking(`late ${way}`, { delayMs: 60_000 }, { deadlineMs: 1_000 })
  const inTime = startAsking(`in time ${way}`, { messages: [3] }, { deadlineMs: 20_000 })
  const cancelled = Object.entries(whiles).map(([name, answer]) =>
    startAsking(`${name} ${way}`, answer, { cancelAfterMs: 400 }),
  )
  const seen = comparable(await make({ ...server, calls: [first, late, inTime, ...cancelled] }))
  t.match(seen[late.name], { code: 4, message: null })
  t.match(seen[inTime.name], { code: 0, message: { bytes: 3 } })
  for (const { name } of cancelled) t.match(seen[name], { code: 1 }, name)

  const at = (kind: string, name: string) =>
    upstream.events.find(({ event, id }) => event === kind && id === name)
  for (const { name } of [late, ...cancelled]) {
    await Promise.race([until(() => at('gone', name) !== undefined), delay(20_000)])
    t.ok(at('gone', name), `the upstream knows: ${name}`)
  }
  // C's core rounds what it tells up, by less than a tenth.
  for (const [{ name }, least, most] of [
    [late, 1, 1_100] as const,
    [inTime, 10_000, 22_000] as const,
  ]) {
    await until(() => at('came', name) !== undefined)
    const { leftMs = 0 } = at('came', name) ?? {}
    t.ok(leftMs >= least && leftMs <= most, `${name}: ${leftMs} ms`)
  }
}
