import { Registry } from 'prom-client'
import t from 'tap'
import { createWireMetrics } from '../../src/ops/wire-metrics.ts'

t.test('what is open is shown as it is when it is asked for', async (t) => {
  const registry = new Registry()
  let connections = 2
  const events = new Map([['connected', 3]])
  const metrics = createWireMetrics(
    {
      callers: () => ({ connections, streams: 5, bufferedBytes: 4_096 }),
      upstream: () => ({
        polls: { sessions: 1, calls: 80, waiting: 7 },
        others: { sessions: 2, calls: 0, waiting: 0 },
        events,
      }),
    },
    [registry],
  )
  const lines = async () =>
    (await registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  metrics.refused('rate')
  metrics.refused('rate')
  t.same(await lines(), [
    'sallyport_wire_refused_total{reason="rate"} 2',
    'sallyport_connections 2',
    'sallyport_streams 5',
    'sallyport_buffered_bytes 4096',
    'sallyport_upstream_sessions{kind="polls"} 1',
    'sallyport_upstream_sessions{kind="others"} 2',
    'sallyport_upstream_streams{kind="polls"} 80',
    'sallyport_upstream_streams{kind="others"} 0',
    'sallyport_upstream_waiting{kind="polls"} 7',
    'sallyport_upstream_waiting{kind="others"} 0',
    'sallyport_upstream_events_total{event="connected"} 3',
  ])
  connections = 9
  events.set('connected', 4).set('goaway', 1)
  const now = await lines()
  t.ok(now.includes('sallyport_connections 9'))
  t.ok(now.includes('sallyport_upstream_events_total{event="connected"} 4'))
  t.ok(now.includes('sallyport_upstream_events_total{event="goaway"} 1'))
})
