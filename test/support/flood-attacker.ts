import { connect, type Socket } from 'node:net'
import { setImmediate, setTimeout as pause } from 'node:timers/promises'
import { frameType } from '../../src/wire/frames/codes.ts'
import { FrameReader } from '../../src/wire/frames/frame-reader.ts'
import { attacks, createState, greetingOf, type Attack } from './flood-attacks.ts'

/**
 * One attack, in a process of its own, so that it takes nothing from those whose latency is measured.
 * Says in JSON how it went.
 */

export interface AttackOrder {
  readonly name: string
  readonly port: number
  readonly token: string
  readonly ms: number
  /** How long it goes on where the other side has ended nothing by then. */
  readonly mostMs: number
  /** Only a GOAWAY counts as an end. */
  readonly needsGoaway: boolean
}

/** What came of an attack. */
export interface AttackOutcome {
  readonly connections: number
  readonly bytes: number
  /** GOAWAYs by their code and words, RST_STREAMs by their code. */
  readonly goaways: Record<string, number>
  readonly resets: Record<string, number>
  /** Connections that were ended without a GOAWAY. */
  readonly cuts: number
  /** Connections that were still open at the end. */
  readonly left: number
}

/** The attacker's own address, so that limits per address meet nobody else. */
const localAddress = '127.0.0.2'

async function carryOut({
  name,
  port,
  token,
  ms,
  mostMs,
  needsGoaway,
}: AttackOrder): Promise<AttackOutcome> {
  const attack = attacks[name] as Attack
  const outcome = { connections: 0, bytes: 0, goaways: {}, resets: {}, cuts: 0, left: 0 }
  const began = performance.now()
  const isOver = () => {
    const isTold = Object.keys(outcome.goaways).length > 0
    const isEnded = outcome.cuts > 0 || Object.keys(outcome.resets).length > 0
    const hasEnded = isTold || (!needsGoaway && isEnded)
    return performance.now() >= began + (hasEnded ? ms : Math.max(ms, mostMs))
  }
  const lane = async () => {
    while (!isOver()) await attackOnce({ attack, port, token, isOver, outcome })
  }
  await Promise.all(Array.from({ length: attack.connections ?? 4 }, lane))
  return outcome
}

interface AttackParts {
  readonly attack: Attack
  readonly port: number
  readonly token: string
  readonly isOver: () => boolean
  readonly outcome: { -readonly [K in keyof AttackOutcome]: AttackOutcome[K] }
}

async function attackOnce({ attack, port, token, isOver, outcome }: AttackParts): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1', localAddress })
  const state = createState(token)
  const closed = new Promise<void>((resolve) => {
    socket.on('error', () => undefined)
    socket.once('close', () => resolve())
  })
  outcome.connections += 1
  const heard = listen(socket, outcome)
  const first = Buffer.concat([greetingOf(attack), attack.begin?.(state) ?? Buffer.alloc(0)])
  if (first.length > 0) await send(socket, first, closed)
  if (attack.isDeaf) socket.pause()
  while (attack.burst && !socket.closed && !isOver()) {
    await send(socket, attack.burst(state), closed)
    if (attack.hangsUp) break
    if (attack.pauseMs) await Promise.race([closed, pause(attack.pauseMs)])
  }
  while (!attack.burst && !socket.closed && !isOver()) await Promise.race([closed, pause(100)])
  if (!socket.closed && !attack.hangsUp) outcome.left += 1
  else if (!attack.hangsUp && !heard.goaway) outcome.cuts += 1
  outcome.bytes += socket.bytesWritten
  socket.destroy()
  await closed
  // Else whoever is cut at once would do nothing but connect.
  if (!isOver()) await pause(20)
}

async function send(socket: Socket, bytes: Buffer, closed: Promise<void>): Promise<void> {
  const isTaken = socket.write(bytes)
  // What comes back must have its turn.
  await setImmediate()
  if (isTaken) return
  await Promise.race([closed, new Promise((resolve) => socket.once('drain', resolve)), pause(500)])
}

/** Counts what the other side says of the end of streams and of the connection. */
function listen(socket: Socket, { goaways, resets }: AttackParts['outcome']) {
  const heard = { goaway: false }
  const count = (counts: Record<string, number>, key: string) => {
    counts[key] = (counts[key] ?? 0) + 1
  }
  const reader = new FrameReader(
    {
      frame: (type, _flags, _id, payload) => {
        if (type === frameType.reset) count(resets, String(payload.readUInt32BE(0)))
        if (type !== frameType.goaway) return true
        heard.goaway = true
        count(goaways, `${payload.readUInt32BE(4)} ${payload.subarray(8).toString()}`)
        return true
      },
      oversized: () => undefined,
    },
    2 ** 24 - 1,
  )
  socket.on('data', (chunk: Buffer) => reader.push(chunk))
  return heard
}

if (import.meta.main) {
  const order = JSON.parse(process.argv[2] ?? '{}') as AttackOrder
  console.log(JSON.stringify(await carryOut(order)))
  process.exit()
}
