import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { promisify, stripVTControlCharacters } from 'node:util'
import t, { type Test } from 'tap'
import { until } from '../support/audit-files.ts'
import { machines, startRequest } from '../support/differential-cases.ts'
import { findCommand, findTool } from '../support/differential-tools.ts'
import { asking, startGoUpstream } from '../support/grpc-go-upstream.ts'
import { startSallyport } from '../support/sallyport.ts'
import { frameOf } from '../support/raw-http2.ts'

// Callers that speak HTTP/2 and know nothing of gRPC.

t.setTimeout(240_000)

const go = await findTool('go-peers')
const nghttp = await findCommand('nghttp')
const h2load = await findCommand('h2load')
const run = promisify(execFile)

const path = '/temporal.api.workflowservice.v1.WorkflowService/StartWorkflowExecution'
const answerBytes = 200_000

/** A start with its prefix, in a file, and what an HTTP/2 client needs to send it. */
function writtenStart(t: Test) {
  const message = Buffer.from(startRequest('ledger-7', 50_000), 'base64')
  const file = join(t.testdir({ body: frameOf(message) }), 'body')
  const [name, value] = asking('http2', { messages: [answerBytes], trailers: [['z-one', 'last']] })
  const headers = ['content-type: application/grpc', 'te: trailers', `${name}: ${value}`]
  return { file, headers: headers.flatMap((header) => ['-H', header]) }
}

t.test('nghttp sees the same', { skip: go.missing || nghttp.missing }, async (t) => {
  const upstream = await startGoUpstream(t, go)
  const sallyport = await startSallyport(t, { machines, upstreamAddress: upstream.address })
  const { file, headers } = writtenStart(t)
  const ask = async (flags: readonly string[], url: string) => {
    const asked = [...flags, ...headers, '-d', file, url + path]
    const encoding = 'buffer'
    const limits = { encoding, maxBuffer: 16 * 1024 * 1024 } as const
    const body = (await run('nghttp', ['--no-verify-peer', ...asked], limits)).stdout
    const said = (await run('nghttp', ['--no-verify-peer', '-nv', ...asked], limits)).stdout
    // Words that are empty need not be said. Those that came: `recv (stream_id=13) name: value`.
    const fields = [...plain(said).matchAll(/recv \(stream_id=\d+\) (\S.*)$/gm)]
    const hops = /^(?:date|grpc-accept-encoding|content-type):|^grpc-message: $/
    const kept = fields.map(([, field = '']) => field).filter((field) => !hops.test(field))
    return { bytes: body.length, sha256: digest(body), fields: kept }
  }
  const expected = await ask([], `http://${upstream.address}`)
  const token = ['-H', `authorization: Bearer ${sallyport.mint()}`]
  const sizes = [[], ['-w', '10', '-W', '10'], ['-b', '200'], ['-c', '0'], ['--no-dep']]
  for (const flags of sizes) {
    const seen = await ask([...token, ...flags], `https://${sallyport.address}`)
    t.same(seen, expected, flags.join(' ') || 'as it is')
  }
  t.equal(expected.bytes, answerBytes + 5)
  t.match(expected.fields, [':status: 200', 'grpc-status: 0', 'z-one: last'])
})

t.test('h2load has every call answered', { skip: go.missing || h2load.missing }, async (t) => {
  const upstream = await startGoUpstream(t, go)
  const sallyport = await startSallyport(t, { machines, upstreamAddress: upstream.address })
  const { file, headers } = writtenStart(t)
  const count = 400
  const load = async (flags: readonly string[], url: string) => {
    const shape = ['-n', String(count), '-c', '4', '-m', '16', '-d', file]
    const { stdout } = await run('h2load', [...shape, ...flags, ...headers, url + path])
    return {
      requests: /^requests: .*$/m.exec(stdout)?.[0],
      codes: /^status codes: .*$/m.exec(stdout)?.[0],
      data: /(\d+)\) data/.exec(stdout)?.[1],
    }
  }
  const expected = await load([], `http://${upstream.address}`)
  const token = ['-H', `authorization: Bearer ${sallyport.mint()}`]
  t.same(await load(token, `https://${sallyport.address}`), expected)
  t.match(expected, {
    requests: `${count} succeeded, 0 failed, 0 errored`,
    codes: `${count} 2xx`,
    data: String(count * (answerBytes + 5)),
  })
  const events = () => upstream.events.filter(({ event }) => event === 'came').length
  await until(() => events() >= count * 2)
  t.equal(events(), count * 2, 'each call went up once')
})

const plain = (said: Buffer) => stripVTControlCharacters(said.toString())

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
