import t from 'tap'
import { RateLimits } from '../../src/wire/rate-limits.ts'

function createLimits(): RateLimits {
  return new RateLimits({
    idleFramesPerSecondMax: 4,
    resetsPerSecondMax: 3,
    settingsPerSecondMax: 2,
    pingsPerSecondMax: 1,
  })
}

const most = { idle: 4, reset: 3, settings: 2, ping: 1 } as const
const kinds = ['idle', 'reset', 'settings', 'ping'] as const

/** How many are allowed of each kind, of ten. */
function allowed(limits: RateLimits) {
  return Object.fromEntries(
    kinds.map((kind) => [
      kind,
      Array.from({ length: 10 }, () => limits.allows(kind)).filter(Boolean).length,
    ]),
  )
}

t.test('each kind of frame has its own limit', async (t) => {
  t.same(allowed(createLimits()), most)
})

t.test('a second later all may come again, and not before', async (t) => {
  const limits = createLimits()
  limits.tick(50_000)
  t.same(allowed(limits), most)
  limits.tick(50_999)
  t.same(allowed(limits), { idle: 0, reset: 0, settings: 0, ping: 0 })
  limits.tick(51_000)
  t.same(allowed(limits), most)
  limits.tick(51_000)
  t.same(allowed(limits), { idle: 0, reset: 0, settings: 0, ping: 0 })
})
