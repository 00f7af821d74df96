import { setTimeout as pause } from 'node:timers/promises'
import { attackFor } from '../test/support/flood.ts'
import { makeMarkedCalls, startEchoing } from '../test/support/marked-calls.ts'
import { serveSallyport, type ServedSallyport } from '../test/support/served-sallyport.ts'

/**
 * Runs a Sallyport under mixed load for SOAK_SECONDS: `npm run soak`. Marked calls of all sizes, some
 * cancelled and some late, over an upstream that sends connections away and sometimes cuts them; and now
 * and then a flood. Fails where memory or handles grow from round to round, or an answer goes astray.
 */

const totalMs = 1000 * Number(process.env['SOAK_SECONDS'] ?? 1_800)
const rounds = 12
const roundMs = totalMs / rounds
/** Rounds in which everything that is kept for good is yet to come about: caches, code, the heap. */
const warmRounds = 4
const heldGrowthMaxBytes = 8 * 2 ** 20
/** Each flood may leave pages behind that the heap keeps for the next; what is held is the exact measure. */
const rssGrowthMaxBytes = 256 * 2 ** 20
const handlesGrowthMax = 16
const floods = [
  'rapid reset',
  'half a frame',
  'HPACK bomb that fits',
  'connections that come and go',
]

interface Sample {
  readonly heldBytes: number
  readonly rssBytes: number
  readonly handles: number
}

const upstream = await startEchoing(1, { keepsCalls: false })
const sallyport = await serveSallyport({ upstreamAddress: upstream.address, plaintext: true })
const samples: Sample[] = []
const totals = { calls: 0, answered: 0, cancelled: 0, late: 0, failed: 0, astray: 0 }
let turns = 0
const flapping = setInterval(() => {
  turns += 1
  if (turns % 10 === 0) upstream.cut()
  else upstream.goAway()
}, 1_000)
try {
  for (let round = 0; round < rounds; round += 1) await soak(round)
} finally {
  clearInterval(flapping)
  await sallyport.stop()
  await upstream.close()
}
judge()

async function soak(round: number): Promise<void> {
  const until = performance.now() + roundMs
  const isOver = () => performance.now() > until
  const tokens = [1, 2, 3].map((job) => sallyport.issuer.mint({ job_id: `${round}-${job}` }))
  const load = { tokens, callers: 6, width: 10, callsPerCaller: Infinity, seed: round, isOver }
  const [tally] = await Promise.all([
    makeMarkedCalls({ address: sallyport.address, ...load }),
    attackFor(sallyport, floods[round % floods.length] as string, roundMs / 4),
  ])
  totals.calls += tally.calls
  totals.answered += tally.answered
  totals.cancelled += tally.cancelled
  totals.late += tally.late
  totals.failed += tally.failed
  totals.astray += tally.astray.length
  for (const wrong of tally.astray) console.error(wrong)
  const sample = await sampleOf(sallyport)
  samples.push(sample)
  const { heldBytes, rssBytes, handles } = sample
  console.log(
    `${round + 1} of ${rounds}: ${tally.calls} calls, ${inMb(heldBytes)} held, ${inMb(rssBytes)} of memory, ${handles} handles`,
  )
}

async function sampleOf(sallyport: ServedSallyport): Promise<Sample> {
  // Sessions that were sent away have a moment to close.
  await pause(1_000)
  const rssBytes = await sallyport.settledBytes()
  return { heldBytes: await sallyport.heldBytes(), rssBytes, handles: sallyport.handles() }
}

/** Compares the best of the last rounds with the best of those that warmed up: growth shows in both. */
function judge(): void {
  const least = (key: keyof Sample, from: number, to?: number) =>
    Math.min(...samples.slice(from, to).map((sample) => sample[key]))
  const growth = (key: keyof Sample) => least(key, -warmRounds) - least(key, 1, 1 + warmRounds)
  const held = growth('heldBytes')
  const rss = growth('rssBytes')
  const handles = growth('handles')
  console.log(JSON.stringify(totals))
  console.log(`growth: ${inMb(held)} held, ${inMb(rss)} of memory, ${handles} handles`)
  const isGood =
    totals.astray === 0 &&
    held < heldGrowthMaxBytes &&
    rss < rssGrowthMaxBytes &&
    handles < handlesGrowthMax
  process.exitCode = isGood ? 0 : 1
}

function inMb(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MB`
}
