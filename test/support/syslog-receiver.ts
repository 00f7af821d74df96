import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer, type TLSSocket, type TlsOptions } from 'node:tls'
import type { Test } from 'tap'

/** A syslog message, taken apart by the grammar of RFC 5424 and nothing more lenient. */
export interface SyslogMessage {
  readonly priority: number
  readonly timestamp: string
  readonly hostname: string
  readonly appName: string
  readonly procId: string
  readonly msgId: string
  readonly parameters: Readonly<Record<string, string>>
  /** Without the byte order mark. */
  readonly text: string
}

/** Section 6. Of structured data, just one element; its values may hold escaped characters. */
const grammar =
  /^<(0|[1-9][0-9]{0,2})>1 (-|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?Z) ([!-~]{1,255}) ([!-~]{1,48}) ([!-~]{1,128}) ([!-~]{1,32}) \[sallyport@32473((?: [a-z]+="(?:[^"\\\]]|\\["\\\]])*")*)\] \ufeff(.*)$/s

/** Takes a message apart. Throws where it breaks the rules. */
export function parseMessage(bytes: Buffer): SyslogMessage {
  const message = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  const [, priority, timestamp, hostname, appName, procId, msgId, data, text] =
    grammar.exec(message) ?? []
  if (text === undefined || data === undefined) throw new Error(`no syslog message: ${message}`)
  const parameters = [...data.matchAll(/ ([a-z]+)="((?:[^"\\\]]|\\["\\\]])*)"/g)]
  return {
    priority: Number(priority),
    timestamp: String(timestamp),
    hostname: String(hostname),
    appName: String(appName),
    procId: String(procId),
    msgId: String(msgId),
    parameters: Object.fromEntries(
      parameters.map(([, name, value]) => [name, String(value).replaceAll(/\\(.)/g, '$1')]),
    ),
    text,
  }
}

/** RFC 5425, section 4.3: takes off whole frames, and gives what is left. Throws where none can follow. */
export function takeFrames(bytes: Buffer): { readonly frames: Buffer[]; readonly rest: Buffer } {
  const frames: Buffer[] = []
  let rest = bytes
  for (;;) {
    const start = rest.subarray(0, 11).toString('latin1')
    if (!/^([1-9][0-9]{0,9}( .*)?)?$/s.test(start)) throw new Error(`no frame: ${start}`)
    const space = rest.indexOf(' ')
    const end = space + 1 + Number(rest.subarray(0, space).toString())
    if (space < 0 || rest.length < end) return { frames, rest }
    frames.push(rest.subarray(space + 1, end))
    rest = rest.subarray(end)
  }
}

/** A syslog server with TLS, on this machine. */
export interface SyslogReceiver {
  readonly port: number
  readonly messages: readonly SyslogMessage[]
  /** What broke a rule: of framing, of the grammar, of TLS. */
  readonly faults: readonly Error[]
  /** All there have been, oldest first. */
  readonly connections: readonly TLSSocket[]
  /** Called for each connection, before anything is read of it. */
  readonly onConnection: (listener: (socket: TLSSocket) => void) => void
  readonly stop: () => Promise<void>
}

/** Starts a receiver that parses strictly. */
export async function startSyslogReceiver(
  t: Test,
  options: TlsOptions,
  port = 0,
): Promise<SyslogReceiver> {
  const messages: SyslogMessage[] = []
  const faults: Error[] = []
  const connections: TLSSocket[] = []
  let greet = (_socket: TLSSocket): void => undefined
  const server = createServer(options, (socket) => {
    connections.push(socket)
    socket.on('error', (error) => faults.push(error))
    let waiting = Buffer.alloc(0)
    socket.on('data', (bytes) => {
      try {
        const { frames, rest } = takeFrames(Buffer.concat([waiting, bytes]))
        waiting = Buffer.from(rest)
        messages.push(...frames.map(parseMessage))
      } catch (error) {
        faults.push(error as Error)
        socket.destroy()
      }
    })
    greet(socket)
  }).listen(port, '127.0.0.1')
  server.on('tlsClientError', (error) => faults.push(error))
  await once(server, 'listening')
  const stop = async () => {
    for (const socket of connections) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  }
  t.teardown(stop)
  return {
    port: (server.address() as AddressInfo).port,
    messages,
    faults,
    connections,
    onConnection: (listener) => void (greet = listener),
    stop,
  }
}
