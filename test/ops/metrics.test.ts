import t from 'tap'
import { createMetrics, type MetricsParts } from '../../src/ops/metrics.ts'
import { methods } from '../../src/temporal/methods.ts'

const measures = (hash: string) => ({
  hash,
  since: 0,
  isFileInForce: true,
  candidate: undefined,
})

const idle = { sessions: 0, calls: 0, waiting: 0 }

function create(others: Partial<MetricsParts> = {}) {
  return createMetrics({
    version: '0.1.0',
    callsInFlight: () => 3,
    issuers: () => [{ name: 'gitlab', usable: true, stale: false }],
    journalTrouble: () => undefined,
    journal: () => ({ segments: 1, bytes: 0, checkpoint: undefined, open: { count: 0 } }),
    wire: {
      callers: () => ({ connections: 2, streams: 3, bufferedBytes: 0 }),
      upstream: () => ({ polls: idle, others: idle, events: new Map() }),
    },
    exports: () => [],
    witnesses: () => [],
    policies: () => measures('sha256:one'),
    ...others,
  })
}

const lineOf = (text: string, start: string) =>
  text.split('\n').filter((line) => line.startsWith(start))

t.test('calls are counted by method, outcome and code', async (t) => {
  const metrics = create()
  const method = methods.find(({ name }) => name === 'StartWorkflowExecution')
  const completed = { result: 'completed', grpcStatus: 0, bytes: 1 } as const
  const refused = { result: 'refused', code: 'not_granted', grpcStatus: 7, bytes: 0 } as const
  metrics.call({ method, outcome: completed, durationMs: 20 })
  metrics.call({ method, outcome: completed, durationMs: 200 })
  metrics.call({ method: undefined, outcome: refused, durationMs: 1 })
  const text = await metrics.render()
  t.same(lineOf(text, 'sallyport_calls_total'), [
    'sallyport_calls_total{service="WorkflowService",method="StartWorkflowExecution",outcome="completed",code=""} 2',
    'sallyport_calls_total{service="unknown",method="unknown",outcome="refused",code="not_granted"} 1',
  ])
  t.same(lineOf(text, 'sallyport_call_duration_seconds_bucket{le="0.025",outcome="completed"'), [
    'sallyport_call_duration_seconds_bucket{le="0.025",outcome="completed"} 1',
  ])
  t.same(lineOf(text, 'sallyport_call_duration_seconds_sum{outcome="completed"'), [
    'sallyport_call_duration_seconds_sum{outcome="completed"} 0.22',
  ])
})

t.test('what becomes known about issuers is counted', async (t) => {
  const metrics = create()
  metrics.keys({ issuer: 'gitlab', kind: 'fetched' })
  metrics.keys({ issuer: 'gitlab', kind: 'fetched' })
  t.same(lineOf(await metrics.render(), 'sallyport_issuer_events_total'), [
    'sallyport_issuer_events_total{issuer="gitlab",event="fetched"} 2',
  ])
})

t.test('gauges are read when they are scraped', async (t) => {
  let trouble: string | undefined
  let hash = 'sha256:one'
  let usable = true
  const metrics = create({
    journalTrouble: () => trouble,
    policies: () => measures(hash),
    issuers: () => [{ name: 'gitlab', usable, stale: !usable }],
  })
  const gauges = async () =>
    (await metrics.render())
      .split('\n')
      .filter((line) => /^sallyport_(calls_in|journal_available|issuer_keys|info)/.test(line))
  t.same(await gauges(), [
    'sallyport_calls_in_flight 3',
    'sallyport_journal_available 1',
    'sallyport_issuer_keys_usable{issuer="gitlab"} 1',
    'sallyport_issuer_keys_stale{issuer="gitlab"} 0',
    'sallyport_info{version="0.1.0",policy_hash="sha256:one"} 1',
  ])
  trouble = 'the disk is full'
  hash = 'sha256:two'
  usable = false
  t.same(await gauges(), [
    'sallyport_calls_in_flight 3',
    'sallyport_journal_available 0',
    'sallyport_issuer_keys_usable{issuer="gitlab"} 0',
    'sallyport_issuer_keys_stale{issuer="gitlab"} 1',
    'sallyport_info{version="0.1.0",policy_hash="sha256:two"} 1',
  ])
})

t.test('two services in one process do not share their numbers', async (t) => {
  const [first, second] = [create(), create()]
  first.keys({ issuer: 'gitlab', kind: 'fetched' })
  t.same(lineOf(await second.render(), 'sallyport_issuer_events_total'), [])
  t.match(first.contentType, /^text\/plain/)
  t.match(await first.render(), /^sallyport_process_cpu_seconds_total/m)
})

t.test('the journal and what follows it are measured as well', async (t) => {
  const text = await create().render()
  t.same(lineOf(text, 'sallyport_journal_segments'), ['sallyport_journal_segments 1'])
  t.match(text, /^# TYPE sallyport_export_lag_entries gauge$/m)
  t.same(lineOf(text, 'sallyport_connections'), ['sallyport_connections 2'])
})
