import type { Test } from 'tap'
import type { IssuerSettings } from '../../src/config/settings.ts'
import { isRefusal, type RefusalCode } from '../../src/core/refusal.ts'
import { createIdentifier } from '../../src/identify/identify.ts'
import type { KeySetEvent } from '../../src/identify/key-set-event.ts'
import { createLog } from '../../src/log.ts'
import { issuerSettings } from './issuer-settings.ts'
import { startIssuer, type IssuerOptions, type TestIssuer } from './issuer.ts'
import { createManualTime } from './manual-time.ts'

export interface IdentifierOptions {
  /** How many issuers are trusted. */
  readonly count?: number
  /** Whether keys are fetched before the test begins. */
  readonly start?: boolean
  readonly issuer?: IssuerOptions
  readonly settings?: Partial<IssuerSettings>
}

/**
 * Starts real issuers on the loopback interface and an identifier that trusts them, over a clock that
 * stands still until the test moves it. Everything is closed when the test ends.
 */
export async function startIdentifier(t: Test, options: IdentifierOptions = {}) {
  const time = createManualTime()
  const issuers = await Promise.all(
    Array.from({ length: options.count ?? 1 }, () =>
      startIssuer({ now: time.now, ...options.issuer }),
    ),
  )
  const events: KeySetEvent[] = []
  const lines: string[] = []
  let waiter: (() => void) | undefined
  const identifier = createIdentifier({
    issuers: issuers.map(({ url }, index) =>
      issuerSettings(url, { name: `gitlab-${index + 1}`, ...options.settings }),
    ),
    log: createLog({ level: 'debug', destination: { write: (line) => void lines.push(line) } }),
    now: time.now,
    schedule: time.schedule,
    onKeys(event) {
      events.push(event)
      if (event.kind === 'keys_fetched' || event.kind === 'fetch_failed') waiter?.()
    },
  })
  t.teardown(async () => {
    await identifier.close()
    await Promise.all(issuers.map((issuer) => issuer.close()))
  })
  if (options.start !== false) await identifier.start()

  const identify = (token: string) => identifier.identify({ kind: 'bearer', token }, time.now())
  return {
    time,
    issuers,
    issuer: issuers[0] as TestIssuer,
    identifier,
    events,
    /** What was logged. */
    lines,
    identify,
    /** The code of the refusal, or that there was none. */
    codeOf: async (token: string): Promise<RefusalCode | 'accepted'> => {
      const answer = await identify(token)
      return isRefusal(answer) ? answer.code : 'accepted'
    },
    /** Moves the clock to where a fetch of keys falls due, and waits for its end. */
    refreshAfter: async (ms: number): Promise<void> => {
      const done = new Promise<void>((resolve) => (waiter = resolve))
      time.advance(ms)
      await done
    },
  }
}
