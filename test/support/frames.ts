import { Connection } from '../../src/wire/connection.ts'
import type { ConnectionLimits } from '../../src/wire/connection-options.ts'
import type { Stream } from '../../src/wire/stream.ts'

/** Frames as RFC 9113 draws them, written by hand: nothing here knows of src/wire's own writer. */

export const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1')

const types = [
  'DATA',
  'HEADERS',
  'PRIORITY',
  'RST_STREAM',
  'SETTINGS',
  'PUSH_PROMISE',
  'PING',
  'GOAWAY',
  'WINDOW_UPDATE',
  'CONTINUATION',
] as const
export type TypeName = (typeof types)[number]

export const END_STREAM = 1
export const ACK = 1
export const END_HEADERS = 4
export const PADDED = 8
export const PRIORITY = 32

/** A frame: length, type, flags, stream, payload. */
export function frame(
  type: TypeName | number,
  flags: number,
  id: number,
  payload: Buffer | readonly number[] = [],
): Buffer {
  const body = Buffer.from(payload)
  const head = Buffer.alloc(9)
  head.writeUIntBE(body.length, 0, 3)
  head[3] = typeof type === 'number' ? type : types.indexOf(type)
  head[4] = flags
  head.writeUInt32BE(id, 5)
  return Buffer.concat([head, body])
}

/** Four bytes each. */
export function uint32(...values: readonly number[]): Buffer {
  return Buffer.concat(
    values.map((value) => Buffer.from(value.toString(16).padStart(8, '0'), 'hex')),
  )
}

export function settings(...pairs: readonly (readonly [id: number, value: number])[]): Buffer {
  const payload = pairs.map(([id, value]) => Buffer.concat([Buffer.from([0, id]), uint32(value)]))
  return frame('SETTINGS', 0, 0, Buffer.concat(payload))
}

export const reset = (id: number, code = 8) => frame('RST_STREAM', 0, id, uint32(code))
export const windowUpdate = (id: number, by: number) => frame('WINDOW_UPDATE', 0, id, uint32(by))
export const data = (id: number, text: string, ends = false) =>
  frame('DATA', ends ? END_STREAM : 0, id, Buffer.from(text))

/** A header block of literals that touch no table: RFC 7541, section 6.2.2. */
export function block(list: readonly string[]): Buffer {
  const parts: Buffer[] = []
  for (const [index, text] of list.entries()) {
    if (index % 2 === 0) parts.push(Buffer.from([0]))
    const { length } = text
    if (length < 127) parts.push(Buffer.from([length]))
    else {
      const bytes = [127]
      let rest = length - 127
      for (; rest >= 128; rest >>= 7) bytes.push((rest & 127) | 128)
      parts.push(Buffer.from([...bytes, rest]))
    }
    parts.push(Buffer.from(text, 'latin1'))
  }
  return Buffer.concat(parts)
}

export const headers = (id: number, list: readonly string[], ends = false) =>
  frame('HEADERS', END_HEADERS | (ends ? END_STREAM : 0), id, block(list))

export const request = [':method', 'POST', ':scheme', 'http', ':path', '/x/Y', 'te', 'trailers']
export const response = [':status', '200', 'content-type', 'application/grpc']

export interface ReadFrame {
  readonly type: string
  readonly flags: number
  readonly id: number
  readonly payload: Buffer
}

/** Reads frames back, after a preface where there is one. */
export function readFrames(bytes: Buffer): ReadFrame[] {
  let at = bytes.subarray(0, preface.length).equals(preface) ? preface.length : 0
  const frames: ReadFrame[] = []
  while (at < bytes.length) {
    const end = at + 9 + bytes.readUIntBE(at, 3)
    const id = bytes.readUInt32BE(at + 5)
    const type = types[bytes[at + 3] as number] ?? 'unknown'
    frames.push({ type, flags: bytes[at + 4] as number, id, payload: bytes.subarray(at + 9, end) })
    at = end
  }
  return frames
}

/** A frame in short: its type, its stream, then what its kind says. */
export function inShort({ type, flags, id, payload }: ReadFrame): string {
  const name = `${type} ${id}`
  const ends = (flags & END_STREAM) !== 0 ? ' end' : ''
  if (type === 'RST_STREAM' || type === 'WINDOW_UPDATE') return `${name} ${payload.readUInt32BE(0)}`
  if (type === 'GOAWAY') return `${type} ${payload.readUInt32BE(0)} ${payload.readUInt32BE(4)}`
  if (type === 'DATA') return `${name} ${payload.length}${ends}`
  if (type === 'SETTINGS' || type === 'PING') return flags === ACK ? `${type} ack` : type
  return `${name}${ends}`
}

export const testLimits: ConnectionLimits = {
  streamsMax: 3,
  headerListBytesMax: 4096,
  headerTableBytesMax: 4096,
  continuationsMax: 2,
  streamWindowBytes: 65_536,
  connectionWindowBytes: 131_072,
  idleFramesPerSecondMax: 5,
  resetsPerSecondMax: 5,
  settingsPerSecondMax: 5,
  pingsPerSecondMax: 5,
}

/** What a handler does, beside being noted. */
export interface Reactions {
  readonly onHead?: (stream: Stream<string>) => void
  readonly onData?: (stream: Stream<string>, part: Buffer, ends: boolean) => void
  readonly onSent?: (stream: Stream<string>) => void
  readonly onSettled?: (stream: Stream<string>) => void
}

/** A connection that notes what its handler is told, and what it sends, in short. */
export function noteConnection(
  role: 'server' | 'client',
  limits: Partial<ConnectionLimits> = {},
  reactions: Reactions = {},
) {
  const told: string[] = []
  const connection: Connection<string> = new Connection<string>({
    role,
    limits: { ...testLimits, ...limits },
    handler: {
      onHead(stream, list, ends) {
        told.push(`head ${stream.id} ${list.join(' ')}${ends ? ' end' : ''}`)
        reactions.onHead?.(stream)
      },
      onData(stream, part, ends) {
        told.push(`data ${stream.id} ${part.toString()}${ends ? ' end' : ''}`)
        reactions.onData?.(stream, part, ends)
      },
      onTrailers: (stream, list) => told.push(`trailers ${stream.id} ${list.join(' ')}`),
      onReset: (stream, code) => told.push(`reset ${stream.id} ${code}`),
      onSent(stream, bytes) {
        told.push(`sent ${stream.id} ${bytes}`)
        reactions.onSent?.(stream)
      },
      onGoaway: (last, code) => told.push(`goaway ${last} ${code}`),
      onSettled(stream) {
        told.push(`settled ${stream.id}`)
        reactions.onSettled?.(stream)
      },
      onSettings: () => told.push('settings'),
      onPong: () => told.push('pong'),
      onFailure: (code, why) => told.push(`failure ${code} ${why}`),
    },
  })
  const frames = () => readFrames(Buffer.concat(connection.takeOutput()))
  const written = () => frames().map(inShort)
  const take = (...parts: readonly Buffer[]) => connection.receive(Buffer.concat(parts), 0)
  /** Takes frames, and returns what was told and what was sent for them. */
  const after = (...parts: readonly Buffer[]) => {
    told.length = 0
    take(...parts)
    return [...told, ...written()]
  }
  /** Past the preface and the settings of both sides. */
  const greeted = () => {
    take(...(role === 'server' ? [preface] : []), settings())
    frames()
    told.length = 0
    return note
  }
  const stream = (id: number) => connection.streams.get(id) as Stream<string>
  const note = { connection, told, frames, written, take, after, greeted, stream }
  return note
}
