import t, { type Test } from 'tap'
import { encodeRequest } from '../support/caller.ts'
import { cases, machines, startAsking } from '../support/differential-cases.ts'
import { comparable, type PlannedCall, type Server } from '../support/differential.ts'
import { findCommand, findTool } from '../support/differential-tools.ts'
import { makeCertificate } from '../support/certificate.ts'
import { startGoUpstream } from '../support/grpc-go-upstream.ts'
import { callGrpcJs } from '../support/grpc-js-calls.ts'
import { startNginx, staticPath } from '../support/nginx-upstream.ts'
import { startSallyport } from '../support/sallyport.ts'

// Upstreams with ways of their own: the same calls, directly and through Sallyport.

t.setTimeout(240_000)

const go = await findTool('go-peers')
const nginx = await findCommand('nginx')
const calls = cases.map(({ call }) => call)

/** Sallyport in front of an upstream, as a caller sees it. */
async function behindSallyport(
  t: Test,
  upstreamAddress: string,
  upstream?: string,
): Promise<Server> {
  const parts = { machines, upstreamAddress, ...(upstream && { upstream }) }
  const { address, ca, mint } = await startSallyport(t, parts)
  return { address, ca, token: mint() }
}

async function seenBy(server: Server, planned: readonly PlannedCall[], atOnce = false) {
  return comparable(await callGrpcJs({ ...server, calls: planned, atOnce }))
}

t.test('grpc-go over TLS says the same', { skip: go.missing }, async (t) => {
  const { cert, key } = await makeCertificate()
  const files = t.testdir({ cert, key })
  const flags = ['-cert', `${files}/cert`, '-key', `${files}/key`]
  const { address } = await startGoUpstream(t, go, ...flags)
  const tls = `tls: { ca_file: "${files}/cert", server_name: localhost }`
  const relayed = await behindSallyport(t, address, tls)
  t.same(await seenBy(relayed, calls), await seenBy({ address, ca: cert }, calls))
})

const ways: Readonly<Record<string, readonly string[]>> = {
  'that takes two calls at once on a connection': ['-streams', '2'],
  'with windows of 64 kB, in which a message comes piece by piece': ['-window', '65536'],
  'whose connections live for a quarter of a second': ['-age', '250ms'],
}

for (const [name, flags] of Object.entries(ways)) {
  t.test(`a server of grpc-go ${name} says the same`, { skip: go.missing }, async (t) => {
    const { address } = await startGoUpstream(t, go, ...flags)
    const relayed = await behindSallyport(t, address)
    const many = Array.from({ length: 300 }, (_, at) =>
      startAsking(`call ${at}`, { messages: [at * 300], delayMs: at % 7 === 0 ? 40 : 0 }),
    )
    const plain = await startGoUpstream(t, go)
    const expected = await seenBy({ address: plain.address }, many, true)
    t.same(await seenBy(relayed, many, true), expected, 'at once')
    t.same(await seenBy(relayed, many), expected, 'one after the other')
    t.equal(Object.keys(expected).length, 300)
    for (const [id, seen] of Object.entries(expected)) t.match(seen, { code: 0 }, id)
  })
}

const missing = go.missing || nginx.missing

/** nginx resets the stream where the head or the trailers of an answer are larger than its buffers. */
const tooLarge = /^(large details|an error with (a head|all metadata)|metadata of the answer)$/

t.test('nginx in front of grpc-go says the same', { skip: missing }, async (t) => {
  const upstream = await startGoUpstream(t, go)
  const address = await startNginx(t, upstream.address)
  const relayed = await behindSallyport(t, address)
  const taken = cases.filter(({ call }) => !tooLarge.test(call.name))
  const planned = taken.map(({ call }) => call)
  const expected = await seenBy({ address }, planned)
  const seen = await seenBy(relayed, planned)
  for (const { call, code } of taken) {
    t.match(expected[call.name], { code }, call.name)
    t.same(seen[call.name], expected[call.name], call.name)
  }
})

t.test('nginx says a file of its own the same', { skip: missing }, async (t) => {
  const address = await startNginx(t, '127.0.0.1:9')
  const relayed = await behindSallyport(t, address)
  const request = encodeRequest('ListSchedules', { namespace: 'payments' })
  const message = Buffer.from(request).toString('base64')
  const file = { name: 'a file', path: staticPath, message }
  const elsewhere = startAsking('nobody is behind it', {})
  const expected = await seenBy({ address }, [file])
  t.same(await seenBy(relayed, [file]), expected)
  t.match(expected['a file'], { code: 0, message: { bytes: 9 } })
  // It answers HTTP 502, of which each hop makes a status of its own.
  t.match(await seenBy({ address }, [elsewhere]), { [elsewhere.name]: { code: 14 } })
  t.match(await seenBy(relayed, [elsewhere]), { [elsewhere.name]: { code: 14 } })
})
