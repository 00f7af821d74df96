import { Client, compressionAlgorithms, credentials, Metadata } from '@grpc/grpc-js'
import { createHash } from 'node:crypto'
import type { Observation, Pair, Plan, PlannedCall } from './differential.ts'

/** Makes the calls of a plan with grpc-js. */
export async function callGrpcJs(plan: Plan): Promise<readonly Observation[]> {
  const clients = { plain: connect(plan, false), gzip: connect(plan, true) }
  try {
    const make = (call: PlannedCall) =>
      makeCall(call.gzip ? clients.gzip : clients.plain, call, plan.token)
    if (plan.atOnce) return await Promise.all(plan.calls.map(make))
    const observations: Observation[] = []
    for (const call of plan.calls) observations.push(await make(call))
    return observations
  } finally {
    clients.plain.close()
    clients.gzip.close()
  }
}

function connect({ address, ca }: Plan, gzip: boolean): Client {
  const channel = ca ? credentials.createSsl(Buffer.from(ca)) : credentials.createInsecure()
  return new Client(address, channel, {
    ...(ca && { 'grpc.ssl_target_name_override': 'localhost' }),
    'grpc.use_local_subchannel_pool': 1,
    'grpc.enable_retries': 0,
    'grpc.max_receive_message_length': -1,
    'grpc.max_send_message_length': -1,
    ...(gzip && { 'grpc.default_compression_algorithm': compressionAlgorithms.gzip }),
  })
}

function makeCall(
  client: Client,
  call: PlannedCall,
  token: string | undefined,
): Promise<Observation> {
  const metadata = new Metadata()
  for (const [name, value] of call.metadata ?? []) {
    metadata.add(name, name.endsWith('-bin') ? Buffer.from(value, 'base64') : value)
  }
  if (token) metadata.set('authorization', `Bearer ${token}`)
  const asIs = (bytes: Buffer) => bytes
  const deadline = Date.now() + (call.deadlineMs ?? 60_000)
  return new Promise((resolve) => {
    let head: readonly Pair[] = []
    let message: Observation['message'] = null
    const request = Buffer.from(call.message, 'base64')
    const made = client.makeUnaryRequest(
      call.path,
      asIs,
      asIs,
      request,
      metadata,
      { deadline },
      (_error, value) => {
        if (value) message = { bytes: value.length, sha256: sha256(value) }
      },
    )
    made.on('metadata', (value: Metadata) => (head = pairsOf(value)))
    made.on('status', ({ code, details: words, metadata: trailers }) => {
      resolve({ name: call.name, code, words, head, trailers: pairsOf(trailers), message })
    })
    if (call.cancelAfterMs) setTimeout(() => made.cancel(), call.cancelAfterMs)
  })
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function pairsOf(metadata: Metadata): readonly Pair[] {
  return Object.keys(metadata.toJSON()).flatMap((name) =>
    metadata
      .get(name)
      .map((value): Pair => [name, typeof value === 'string' ? value : value.toString('base64')]),
  )
}
