import { setTimeout as pause } from 'node:timers/promises'
import { createCaller, encodeRequest, type Caller, type Reply } from './caller.ts'
import { createRandom } from './random.ts'
import { startUpstream, type StandInUpstream } from './upstream.ts'

/** Calls that each carry a mark of their own, by which every part of an answer tells whose it is. */

export const markName = 'x-mark'
export const lastMarkName = 'x-last-mark'

/** How calls ended, and whatever came to somebody whose it was not. */
export interface MarkedTally {
  calls: number
  answered: number
  cancelled: number
  late: number
  failed: number
  /** What must not be: a mark or a message of another call, or an answer behind a cancellation. */
  readonly astray: string[]
}

/** An upstream that says to each call what the call said, a moment later. */
export function startEchoing(
  seed: number,
  options?: { readonly keepsCalls: boolean },
): Promise<StandInUpstream> {
  const random = createRandom(seed)
  return startUpstream(async ({ headers, message }) => {
    const mark = String(headers[markName])
    await pause(random.below(40))
    const status = random.below(20) === 0 ? 5 : 0
    return {
      headers: { [markName]: mark },
      message,
      status,
      words: status === 0 ? '' : `not found: ${mark}`,
      trailers: { [lastMarkName]: mark },
    }
  }, options)
}

export interface MarkedCallers {
  readonly address: string
  readonly tokens: readonly string[]
  readonly callers: number
  /** Calls under way at once, of each caller. */
  readonly width: number
  readonly callsPerCaller: number
  readonly seed: number
  readonly isOver?: () => boolean
}

/** Makes marked calls, of which some are cancelled and some have little time, and counts how they ended. */
export async function makeMarkedCalls(options: MarkedCallers): Promise<MarkedTally> {
  const { address, tokens, callers, width, callsPerCaller, seed, isOver = () => false } = options
  const tally: MarkedTally = { calls: 0, answered: 0, cancelled: 0, late: 0, failed: 0, astray: [] }
  const lanes = Array.from({ length: callers }, async (_, at) => {
    const caller = createCaller({ address, token: tokens[at % tokens.length] as string })
    const random = createRandom(seed + at)
    let made = 0
    const lane = async () => {
      while (made < callsPerCaller && !isOver()) {
        made += 1
        await makeOne({ caller, mark: `mark-${seed}-${at}-${made}-end`, random, tally })
      }
    }
    await Promise.all(Array.from({ length: width }, lane))
    caller.close()
  })
  await Promise.all(lanes)
  return tally
}

interface OneCall {
  readonly caller: Caller
  readonly mark: string
  readonly random: ReturnType<typeof createRandom>
  readonly tally: MarkedTally
}

async function makeOne({ caller, mark, random, tally }: OneCall): Promise<void> {
  const bytes = random.below(10) === 0 ? random.below(200_000) : random.below(500)
  const message = encodeRequest('StartWorkflowExecution', {
    namespace: 'payments',
    workflowId: mark,
    workflowType: { name: mark },
    taskQueue: { name: 'ledger' },
    requestId: mark,
    input: { payloads: [{ data: Buffer.alloc(bytes, mark) }] },
  })
  const fate = random.below(10)
  const leaving = new AbortController()
  const timer = fate < 2 ? setTimeout(() => leaving.abort(), random.below(40)) : undefined
  const reply = await caller.call('StartWorkflowExecution', message, {
    metadata: { [markName]: mark },
    signal: leaving.signal,
    deadlineMs: fate < 4 && fate >= 2 ? 5 + random.below(60) : 20_000,
  })
  clearTimeout(timer)
  tally.calls += 1
  count(reply, tally)
  const wrong = astray(reply, mark, Buffer.from(message))
  if (wrong !== undefined) tally.astray.push(`${mark}: ${wrong}`)
}

function count({ status }: Reply, tally: MarkedTally): void {
  if (status === 0 || status === 5) tally.answered += 1
  else if (status === 1) tally.cancelled += 1
  else if (status === 4) tally.late += 1
  else tally.failed += 1
}

/** What of a reply is not its call's, if anything. */
function astray(reply: Reply, mark: string, message: Buffer): string | undefined {
  const { status, words, metadata, trailers } = reply
  const isAnswer = status === 0 || status === 5
  const heads = metadata?.get(markName) ?? []
  const lasts = trailers.get(lastMarkName)
  if (isAnswer && (heads.length !== 1 || lasts.length !== 1))
    return `${heads.length} and ${lasts.length} marks`
  for (const found of [...heads, ...lasts]) if (found !== mark) return `marked ${String(found)}`
  if (status === 0 && !reply.message?.equals(message)) return 'another message'
  if (reply.message !== undefined && !reply.message.equals(message)) return 'another message'
  if (status === 5 && words !== `not found: ${mark}`) return `the words ${words}`
  return undefined
}
