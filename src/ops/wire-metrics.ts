import { Counter, Gauge, type Registry } from 'prom-client'
import { registerGauge } from './gauge.ts'

/** What callers hold at the moment. */
export interface CallerMeasures {
  readonly connections: number
  readonly streams: number
  readonly bufferedBytes: number
}

/** How the connections to the upstream stand, by what they carry, and what has happened to them. */
export interface UpstreamMeasures {
  readonly polls: SessionMeasures
  readonly others: SessionMeasures
  readonly events: ReadonlyMap<string, number>
}

interface SessionMeasures {
  readonly sessions: number
  readonly calls: number
  /** Calls that have no session yet. */
  readonly waiting: number
}

export interface WireMetrics {
  /** Something was ended for what a caller did. */
  readonly refused: (reason: string) => void
}

export interface WireMetricsParts {
  readonly callers: () => CallerMeasures
  readonly upstream: () => UpstreamMeasures
}

/** Counters and gauges of connections. Labels are from closed sets: kinds, reasons and events of our own. */
export function createWireMetrics(parts: WireMetricsParts, registers: Registry[]): WireMetrics {
  const refused = new Counter({
    name: 'sallyport_wire_refused_total',
    help: 'Connections, streams and messages that were ended for what a caller did, by limit.',
    labelNames: ['reason'],
    registers,
  })
  addCallerGauges(parts.callers, registers)
  addUpstreamMetrics(parts.upstream, registers)
  return { refused: (reason) => refused.inc({ reason }) }
}

function addCallerGauges(callers: () => CallerMeasures, registers: Registry[]): void {
  const gauge = (name: string, help: string, key: keyof CallerMeasures) =>
    registerGauge({ name, help, value: () => callers()[key] }, registers)
  gauge('sallyport_connections', 'Connections of callers that are open.', 'connections')
  gauge('sallyport_streams', 'Calls that callers have open.', 'streams')
  gauge('sallyport_buffered_bytes', 'Bytes of requests and answers that are held.', 'bufferedBytes')
}

function addUpstreamMetrics(upstream: () => UpstreamMeasures, registers: Registry[]): void {
  const gauge = (name: string, help: string, key: keyof SessionMeasures) =>
    new Gauge({
      name,
      help,
      labelNames: ['kind'],
      registers,
      collect() {
        const { polls, others } = upstream()
        this.set({ kind: 'polls' }, polls[key])
        this.set({ kind: 'others' }, others[key])
      },
    })
  gauge('sallyport_upstream_sessions', 'Connections to the upstream that are open.', 'sessions')
  gauge('sallyport_upstream_streams', 'Calls that are open at the upstream.', 'calls')
  gauge('sallyport_upstream_waiting', 'Calls that wait for a connection with room.', 'waiting')
  new Counter({
    name: 'sallyport_upstream_events_total',
    help: 'Connections to the upstream: connected, failed to, closed, or told to go away.',
    labelNames: ['event'],
    registers,
    collect() {
      this.reset()
      for (const [event, count] of upstream().events) this.inc({ event }, count)
    },
  })
}
