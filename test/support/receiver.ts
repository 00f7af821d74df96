import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'

/** Something that was posted. */
export interface Posted {
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** Answers what was posted; the receiver has kept it by then. */
export type Answer = (response: ServerResponse, posted: Posted) => void

/** A place on this machine that webhooks are posted to. */
export interface Receiver {
  readonly url: string
  readonly posted: readonly Posted[]
  /** The entries of all bodies, in the order in which they came. */
  readonly entries: () => readonly Readonly<Record<string, unknown>>[]
  readonly answerWith: (answer: Answer) => void
}

export const taken: Answer = (response) => void response.end('taken')

/** Starts a receiver that takes everything, until told to answer otherwise. */
export async function startReceiver(t: Test, first: Answer = taken, port = 0): Promise<Receiver> {
  const posted: Posted[] = []
  let answer = first
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const each = { headers: request.headers, body: Buffer.concat(chunks).toString() }
      posted.push(each)
      answer(response, each)
    })
  }).listen(port, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/entries`,
    posted,
    entries: () => posted.flatMap(({ body }) => JSON.parse(body) as Record<string, unknown>[]),
    answerWith: (next) => void (answer = next),
  }
}
