import { Client, type ChannelCredentials, type ClientOptions } from '@grpc/grpc-js'

/** One call's use of a connection; released once, when the call has ended. */
export interface Lease {
  readonly client: Client
  readonly release: () => void
}

export interface Channels {
  /** A connection with room for one more call. Polls and other calls do not share connections. */
  readonly lease: (isPoll: boolean) => Lease
  readonly close: () => void
}

export interface ChannelsParts {
  readonly address: string
  readonly credentials: ChannelCredentials
  /** Name that the upstream's certificate must carry, where it is not the address's. */
  readonly serverName?: string
}

/** Streams on one connection before another is opened: servers often allow no more than 100. */
const callsPerChannelMax = 80

/** Connections that are kept for polls and for other calls each, so that one slow one stalls few. */
const channelsMin = 2

const options: ClientOptions = {
  'grpc.use_local_subchannel_pool': 1,
  'grpc.service_config_disable_resolution': 1,
  'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
  // A history may be as large as SDKs accept; requests were bounded on arrival.
  'grpc.max_receive_message_length': 128 * 1024 * 1024,
  'grpc.max_send_message_length': -1,
  // Temporal's frontend permits a ping every 10 s, also on a connection without calls.
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 15_000,
  'grpc.keepalive_permit_without_calls': 1,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 5_000,
}

/**
 * Connections to the upstream. grpc-js reconnects, and moves new calls to a fresh connection when the
 * upstream sends GOAWAY while the old one finishes its calls; this adds more of them as calls pile up.
 */
export function createChannels({ address, credentials, serverName }: ChannelsParts): Channels {
  const named = serverName && {
    'grpc.ssl_target_name_override': serverName,
    'grpc.default_authority': serverName,
  }
  const open = () => new Client(address, credentials, { ...options, ...named })
  const polls = createPool(open)
  const others = createPool(open)
  return {
    lease: (isPoll) => (isPoll ? polls : others).lease(),
    close: () => {
      polls.close()
      others.close()
    },
  }
}

/** Clients with the number of calls that each is carrying. */
function createPool(open: () => Client) {
  const add = () => ({ client: open(), calls: 0 })
  const members = Array.from({ length: channelsMin }, add)
  return {
    lease: (): Lease => {
      let member = members.reduce((best, next) => (next.calls < best.calls ? next : best))
      if (member.calls >= callsPerChannelMax) members.push((member = add()))
      member.calls++
      return { client: member.client, release: () => void member.calls-- }
    },
    close: () => {
      for (const { client } of members) client.close()
    },
  }
}
