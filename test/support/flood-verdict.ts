import type { Test } from 'tap'
import { startFloodRig, type FloodReport, type FloodRig } from './flood.ts'

/**
 * What a call of somebody else may take at worst. Alone it takes 5 ms; the attackers have a core for
 * themselves and most of them a token, so that what they ask for is decided and recorded as well.
 */
const worstMs = 8_000
const growthMaxBytes = 24 * 2 ** 20
/** Above the memory that it had: no attack may come near what a small replica has. */
const peakMaxBytes = 600 * 2 ** 20

/** How an attack must end. */
export interface Ending {
  /** The codes and words of GOAWAYs. */
  readonly goaway?: RegExp
  /** Codes by one of which streams end. */
  readonly resets?: readonly string[]
  /** What the wire counts. */
  readonly reason?: string
}

/** How long each lasts in a test, and for how long its end is waited for; `npm run flood` takes its time. */
const ms = 1000 * Number(process.env['FLOOD_TEST_SECONDS'] ?? 0.4)
const mostMs = 15_000

/** Attacks one after the other, and asserts how each ended and that nobody else was harmed. */
export async function assertFloods(
  t: Test,
  endings: Readonly<Record<string, Ending>>,
  limits?: string,
): Promise<void> {
  const rig = await startFloodRig(limits)
  t.teardown(rig.stop)
  for (const [name, ending] of Object.entries(endings)) {
    await t.test(name, async (t) => {
      const hasEnd = Object.keys(ending).length > 0
      const report = await rig.attack(name, ms, {
        mostMs: hasEnd ? mostMs : ms,
        needsGoaway: ending.goaway !== undefined,
      })
      assertEnded(t, report, ending)
      assertUnharmed(t, report, rig)
    })
  }
  t.ok(rig.sallyport.isRunning())
  const left = (await rig.sallyport.heldBytes()) - rig.heldBytes
  t.ok(left < growthMaxBytes, `${left} bytes are left of all of them`)
}

function assertEnded(t: Test, { attacker, refusals }: FloodReport, ending: Ending) {
  const { goaway, resets, reason } = ending
  const words = Object.keys(attacker.goaways)
  if (goaway) t.ok(words.length > 0 && words.every((said) => goaway.test(said)), words.join(', '))
  const count = resets?.reduce((sum, code) => sum + (attacker.resets[code] ?? 0), 0)
  if (resets) t.ok(Number(count) > 0, JSON.stringify(attacker.resets))
  if (reason) t.ok((refusals[reason] ?? 0) > 0, JSON.stringify(refusals))
}

function assertUnharmed(t: Test, report: FloodReport, rig: FloodRig) {
  t.same(report.failures, [], `of ${report.calls} calls of somebody else`)
  t.ok(report.maxMs < worstMs, `which took ${report.p50Ms} ms, ${report.maxMs} at worst`)
  const peak = report.peakBytes - rig.settledBytes
  t.ok(peak < peakMaxBytes, `${peak} bytes at most`)
  t.ok(report.handles <= rig.handles + 8, `${report.handles} handles are open`)
}
