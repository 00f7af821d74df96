import t from 'tap'
import { until } from '../support/audit-files.ts'
import { createCaller } from '../support/caller.ts'
import { startHolding, startPolls } from '../support/held-polls.ts'
import { serveSallyport } from '../support/served-sallyport.ts'

const connections = 50
const pollsPerConnection = 100
const count = connections * pollsPerConnection

/** What a poll may cost, with its share of the connections: about 3,100 bytes are held for one. */
const bytesMax = 4_096

t.test('five thousand idle polls are held at little cost, and let go of', async (t) => {
  const upstream = await startHolding()
  const sallyport = await serveSallyport({ upstreamAddress: upstream.address, plaintext: true })
  t.teardown(async () => {
    await sallyport.stop()
    await upstream.close()
  })
  const tokens = [1, 2, 3, 4, 5].map((job) => sallyport.issuer.mint({ job_id: String(job) }))
  const caller = createCaller({ address: sallyport.address, token: tokens[0] as string })
  t.teardown(caller.close)
  const describe = () => caller.call('DescribeNamespace', { namespace: 'payments' })
  for (let call = 0; call < 500; call += 1) await describe()

  const options = { port: sallyport.port, tokens, connections, pollsPerConnection }
  // The first wave grows the heap and warms the code up; what it leaves is no poll's cost.
  const first = await startPolls(options)
  await until(() => upstream.held() === count)
  upstream.letGo()
  await first.allEnded()
  t.same(first.statuses, { 0: count }, 'every one of them had its answer')
  first.hangUp()
  await until(() => upstream.held() === 0)

  const handles = sallyport.handles()
  const [rss, heldBytes] = [await sallyport.settledBytes(), await sallyport.heldBytes()]
  const second = await startPolls(options)
  await until(() => upstream.held() === count)
  t.equal(await sallyport.metric('sallyport_streams'), count)
  const rssEach = ((await sallyport.settledBytes()) - rss) / count
  const heldEach = ((await sallyport.heldBytes()) - heldBytes) / count
  t.comment(`${Math.round(rssEach)} bytes of memory and ${Math.round(heldEach)} held for each poll`)
  t.ok(rssEach < bytesMax, `${Math.round(rssEach)} bytes of memory for each poll`)
  t.ok(heldEach < bytesMax, `${Math.round(heldEach)} bytes are held for each poll`)

  const began = performance.now()
  t.equal((await describe()).status, 0)
  t.ok(performance.now() - began < 2_000, 'others are answered meanwhile')
  second.hangUp()
  await until(() => upstream.held() === 0)
  t.equal(await sallyport.metric('sallyport_streams'), 0)
  const left = (await sallyport.heldBytes()) - heldBytes
  t.ok(left < 4 * 2 ** 20, `${left} bytes are left of all of them`)
  t.ok(sallyport.handles() <= handles + 100, 'but for sessions that are kept for a while')
})
