import t from 'tap'
import { makeMarkedCalls, markName, startEchoing } from '../support/marked-calls.ts'
import { serveSallyport } from '../support/served-sallyport.ts'

t.setTimeout(600_000)

const callers = 8
const callsPerCaller = Math.ceil(Number(process.env['MARKED_CALLS'] ?? 6_000) / callers)
const seed = Number(process.env['MARKED_SEED'] ?? 1)

t.test('among thousands of calls no answer comes to another than its own', async (t) => {
  const upstream = await startEchoing(seed)
  const sallyport = await serveSallyport({ upstreamAddress: upstream.address, plaintext: true })
  t.teardown(async () => {
    await sallyport.stop()
    await upstream.close()
  })
  const tokens = [1, 2, 3, 4].map((job) => sallyport.issuer.mint({ job_id: String(job) }))
  // Sometimes connections are sent away, sometimes they are cut in the middle of everything.
  let turns = 0
  const flapping = setInterval(() => {
    turns += 1
    if (turns % 3 === 0) upstream.cut()
    else upstream.goAway()
  }, 400)
  t.teardown(() => clearInterval(flapping))
  const options = { address: sallyport.address, tokens, callers, width: 20, callsPerCaller, seed }
  const tally = await makeMarkedCalls(options)
  clearInterval(flapping)

  t.comment(JSON.stringify({ ...tally, turns, connections: upstream.connections() }))
  t.same(tally.astray, [], 'neither a message, nor metadata, nor words')
  t.equal(tally.calls, callers * callsPerCaller, 'every call has ended')
  t.ok(tally.answered > tally.calls / 3, `${tally.answered} were answered`)
  t.ok(tally.cancelled > tally.calls / 20, `${tally.cancelled} were cancelled`)
  t.ok(tally.late > 0, `${tally.late} were late`)
  t.ok(turns > 3 && upstream.connections() > 4, 'and the upstream was never the same for long')
  const marks = upstream.calls.map(({ headers }) => String(headers[markName]))
  t.equal(new Set(marks).size, marks.length, 'no call went upstream twice')
  t.equal(await sallyport.metric('sallyport_streams'), 0)
  t.equal(await sallyport.metric('sallyport_buffered_bytes'), 0)
})
