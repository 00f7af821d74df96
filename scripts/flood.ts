import { attacks } from '../test/support/flood-attacks.ts'
import { startFloodRig, type FloodReport } from '../test/support/flood.ts'

/**
 * Attacks a running Sallyport in every way that test/support/flood-attacks.ts knows, for FLOOD_SECONDS
 * each: `npm run flood`, or with names of attacks behind `--`. Says what each ended in, what it cost, and
 * what somebody noticed of it who did nothing.
 */

const ms = 1000 * Number(process.env['FLOOD_SECONDS'] ?? 30)
/** Slower than this, or with more left behind, an attack has done harm. */
const p99MaxMs = 1_000
const growthMaxBytes = 16 * 2 ** 20

const megabytes = (bytes: number) => (bytes / 2 ** 20).toFixed(0)

function lineOf(report: FloodReport): string {
  const { name, attacker, refusals, calls, failures, p50Ms, p99Ms, maxMs } = report
  const heard = JSON.stringify({ ...attacker.goaways, resets: attacker.resets })
  return `${name}
  attacker: ${attacker.connections} connections, ${megabytes(attacker.bytes)} MB, ${attacker.cuts} cut, ${attacker.left} left; ${heard}
  counted: ${JSON.stringify(refusals)}
  others: ${calls} calls, ${failures.length} failed ${failures[0] ?? ''}, p50 ${p50Ms}, p99 ${p99Ms}, max ${maxMs} ms
  memory: peak ${megabytes(report.peakBytes)} MB, held ${megabytes(report.heldBytes)} MB, ${report.handles} handles`
}

const chosen = process.argv.slice(2)
const names = chosen.length > 0 ? chosen : Object.keys(attacks)
const rig = await startFloodRig()
console.log(
  `before: ${megabytes(rig.settledBytes)} MB, held ${megabytes(rig.heldBytes)} MB, ${rig.handles} handles`,
)
try {
  for (const name of names) {
    const report = await rig.attack(name, ms)
    console.log(lineOf(report))
    const isHarmed = report.failures.length > 0 || report.p99Ms > p99MaxMs
    const hasGrown = report.heldBytes > rig.heldBytes + growthMaxBytes
    if (!isHarmed && !hasGrown) continue
    console.error(`HARM: ${name}`)
    process.exitCode = 1
  }
} finally {
  await rig.stop()
}
