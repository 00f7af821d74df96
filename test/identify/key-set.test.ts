import t from 'tap'
import type { KeySetEvent } from '../../src/identify/key-set-event.ts'
import { KeySet } from '../../src/identify/key-set.ts'
import { makeSigningKey, publicJwk } from '../support/issuer.ts'
import { createManualTime } from '../support/manual-time.ts'

const minute = 60_000
const [one, two, three] = await Promise.all(
  ['k1', 'k2', 'k1'].map(async (kid) => publicJwk(await makeSigningKey(kid))),
)

/** A key set whose source is told what to answer, over a clock that stands still. */
function createKeySet({ staleKeysMaxMs = 60 * minute } = {}) {
  const time = createManualTime()
  const events: KeySetEvent[] = []
  let waiter: (() => void) | undefined
  let fetches = 0
  let answer: () => Promise<string> = async () => JSON.stringify({ keys: [one] })
  const keySet = new KeySet({
    issuer: 'gitlab',
    algorithms: ['RS256'],
    staleKeysMaxMs,
    now: time.now,
    schedule: time.schedule,
    report(event) {
      events.push(event)
      if (event.kind === 'keys_fetched' || event.kind === 'fetch_failed') waiter?.()
    },
    source(signal) {
      fetches++
      const aborted = new Promise<never>((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
      })
      return Promise.race([answer(), aborted])
    },
  })
  return {
    keySet,
    time,
    events,
    fetches: () => fetches,
    find: (kid: string) => keySet.find(kid, time.now()),
    serve: (...keys: unknown[]) => (answer = async () => JSON.stringify({ keys })),
    breakDown: (error: Error = new Error('down')) => {
      answer = async () => {
        throw error
      }
    },
    hang: () => (answer = () => new Promise<string>(() => undefined)),
    /** Moves the clock to where a fetch falls due, and waits for that fetch. */
    refreshAfter: async (ms: number) => {
      const done = new Promise<void>((resolve) => (waiter = resolve))
      time.advance(ms)
      await done
    },
  }
}

void t.test('keys are found after the first fetch, and the fetch is reported', async (t) => {
  const { keySet, find, events, time } = createKeySet()
  await keySet.start()
  t.match(await find('k1'), { kind: 'found', keys: [{ kid: 'k1' }], stale: false })
  t.same(events, [
    { kind: 'key_added', issuer: 'gitlab', kid: 'k1' },
    {
      kind: 'keys_fetched',
      issuer: 'gitlab',
      keys: 1,
      added: ['k1'],
      withdrawn: [],
      isRecovered: false,
    },
  ])
  t.same(keySet.status(), { standing: 'fresh', detail: undefined })
  t.same(time.waiting(), [5 * minute], 'nothing waits but the next refresh')
})

void t.test('nothing is fetched before the start, and nothing found', async (t) => {
  const { find, fetches, keySet } = createKeySet()
  const detail = 'keys of gitlab were not fetched yet'
  t.same(await find('k1'), { kind: 'unavailable', detail })
  t.same(keySet.status(), { standing: 'gone', detail })
  t.equal(fetches(), 0)
})

void t.test('calls that arrive before the first fetch is done wait for it', async (t) => {
  const { keySet, find, fetches } = createKeySet()
  const started = keySet.start()
  const found = await Promise.all(Array.from({ length: 50 }, () => find('k1')))
  t.ok(found.every(({ kind }) => kind === 'found'))
  t.equal(fetches(), 1)
  await started
})

void t.test('they wait for five seconds at most', async (t) => {
  const { keySet, find, time, hang } = createKeySet()
  hang()
  const started = keySet.start()
  const found = find('k1')
  t.same(time.waiting(), [5_000])
  time.advance(5_000)
  t.same(await found, {
    kind: 'unavailable',
    detail: 'keys of gitlab cannot be fetched: Error: no answer within 5000 ms',
  })
  await started
})

void t.test('every key with the id is found', async (t) => {
  const { keySet, find, serve } = createKeySet()
  serve(one, two, three)
  await keySet.start()
  t.match(await find('k1'), { kind: 'found', keys: { length: 2 } })
  t.match(await find('k2'), { kind: 'found', keys: { length: 1 } })
})

void t.test(
  'fetches come every five minutes, and further apart the longer they fail',
  async (t) => {
    const { keySet, time, breakDown, serve, refreshAfter, fetches } = createKeySet()
    await keySet.start()
    await refreshAfter(5 * minute)
    t.equal(fetches(), 2)
    breakDown()
    const waits: number[] = []
    let wait = 5 * minute
    for (let failure = 0; failure < 9; failure++) {
      await refreshAfter(wait)
      wait = time.waiting()[0] ?? 0
      waits.push(wait / 1_000)
    }
    t.same(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60])
    serve(one)
    await refreshAfter(60_000)
    t.same(time.waiting(), [5 * minute])
    breakDown()
    await refreshAfter(5 * minute)
    t.same(time.waiting(), [1_000], 'a success starts the count anew')
  },
)

void t.test('while fetches fail keys are used, then used as stale, then not at all', async (t) => {
  const { keySet, find, time, breakDown } = createKeySet({ staleKeysMaxMs: 30 * minute })
  await keySet.start()
  const found = await find('k1')
  const key = found.kind === 'found' && found.keys[0]
  if (!key) throw new Error('no key')
  const fetchedAt = time.now()
  const stands = (ms: number) => keySet.standingOf(key, fetchedAt + ms)
  breakDown()
  t.equal(stands(10 * minute), 'fresh')
  t.equal(stands(10 * minute + 1), 'stale')
  t.equal(stands(30 * minute), 'stale')
  t.equal(stands(30 * minute + 1), 'gone')
  t.match(await keySet.find('k1', fetchedAt + 10 * minute + 1), { kind: 'found', stale: true })
  t.match(await keySet.find('k1', fetchedAt + 30 * minute + 1), { kind: 'unavailable' })
})

void t.test('the state says what is wrong', async (t) => {
  const { keySet, time, breakDown, refreshAfter } = createKeySet({ staleKeysMaxMs: 30 * minute })
  await keySet.start()
  breakDown(new AggregateError([new Error('::1 refused'), new Error('127.0.0.1 refused')]))
  await refreshAfter(5 * minute)
  const detail = 'keys of gitlab cannot be fetched: Error: ::1 refused; Error: 127.0.0.1 refused'
  t.same(keySet.status(), { standing: 'fresh', detail })
  time.skip(10 * minute)
  t.same(keySet.status(), { standing: 'stale', detail })
  time.skip(30 * minute)
  t.same(keySet.status(), { standing: 'gone', detail })
})

void t.test(
  'a machine that slept through its refreshes has no keys until the next one',
  async (t) => {
    const { keySet, time, find, refreshAfter } = createKeySet({ staleKeysMaxMs: 30 * minute })
    await keySet.start()
    time.skip(31 * minute)
    const detail = 'keys of gitlab were fetched too long ago'
    t.same(await find('k1'), { kind: 'unavailable', detail })
    t.same(keySet.status(), { standing: 'gone', detail })
    await refreshAfter(0)
    t.match(await find('k1'), { kind: 'found', stale: false })
  },
)

for (const keys of [[], [{ kty: 'oct', kid: 'k1' }]]) {
  void t.test(`a set of ${keys.length} unusable keys never replaces a good one`, async (t) => {
    const { keySet, find, serve, refreshAfter, events } = createKeySet()
    await keySet.start()
    serve(...keys)
    await refreshAfter(5 * minute)
    t.match(await find('k1'), { kind: 'found' })
    t.match(events.at(-1), { kind: 'fetch_failed', detail: /no usable key/ })
  })
}

void t.test('what a fetch has changed is said, and whether it is news', async (t) => {
  const { keySet, serve, breakDown, refreshAfter, events } = createKeySet()
  const ofFetches = () =>
    events.splice(0).filter(({ kind }) => kind === 'keys_fetched' || kind === 'fetch_failed')
  const fetched = { added: [], withdrawn: [], isRecovered: false }
  await keySet.start()
  await refreshAfter(5 * minute)
  t.match(ofFetches(), [{ added: ['k1'] }, fetched])
  breakDown()
  await refreshAfter(5 * minute)
  await refreshAfter(1000)
  t.match(ofFetches(), [
    { kind: 'fetch_failed', isRepeated: false },
    { kind: 'fetch_failed', isRepeated: true },
  ])
  serve(one)
  await refreshAfter(2000)
  await refreshAfter(5 * minute)
  t.match(ofFetches(), [{ ...fetched, isRecovered: true }, fetched], 'the same keys')
  serve(three, two)
  await refreshAfter(5 * minute)
  t.match(
    ofFetches(),
    [{ keys: 2, added: ['k1', 'k2'], withdrawn: ['k1'] }],
    'another key under a name that was used before',
  )
})

void t.test('a withdrawn key stops working with the next refresh', async (t) => {
  const { keySet, find, serve, refreshAfter, events } = createKeySet()
  serve(one, two)
  await keySet.start()
  const before = await find('k1')
  const key = before.kind === 'found' && before.keys[0]
  if (!key) throw new Error('no key')
  serve(two)
  await refreshAfter(5 * minute)
  t.match(events.at(-2), { kind: 'key_withdrawn', kid: 'k1' })
  t.equal(keySet.standingOf(key, 0), 'gone')
  t.match(await find('k1'), { kind: 'unknown_kid' })

  serve(three, two)
  await refreshAfter(5 * minute)
  t.match(await find('k1'), { kind: 'found' })
  t.equal(keySet.standingOf(key, 0), 'gone', 'another key with its id does not bring it back')
})

void t.test('an unknown key id makes the issuer be asked once more, at once', async (t) => {
  const { keySet, find, serve, fetches } = createKeySet()
  await keySet.start()
  serve(one, two)
  const found = await Promise.all(Array.from({ length: 50 }, () => find('k2')))
  t.ok(found.every(({ kind }) => kind === 'found'))
  t.equal(fetches(), 2)
})

void t.test('a flood of unknown key ids makes one fetch in thirty seconds', async (t) => {
  const { keySet, find, time, fetches } = createKeySet()
  await keySet.start()
  for (let n = 0; n < 200; n++) {
    t.match(await find(`made-up-${n}\n`), {
      kind: 'unknown_kid',
      detail: `unknown key id made-up-${n}\\u{a} of gitlab`,
    })
  }
  t.equal(fetches(), 2)
  time.advance(29_999)
  await find('made-up')
  t.equal(fetches(), 2)
  time.advance(1)
  await find('made-up')
  t.equal(fetches(), 3)
  t.same(time.waiting(), [5 * minute], 'the regular refresh moved, and there is one')
})

void t.test('while fetches fail, unknown key ids make none', async (t) => {
  const { keySet, find, time, breakDown, refreshAfter, fetches } = createKeySet()
  await keySet.start()
  breakDown()
  await refreshAfter(5 * minute)
  const before = fetches()
  time.skip(minute)
  for (let n = 0; n < 200; n++) t.match(await find(`k-${n}`), { kind: 'unknown_kid' })
  t.equal(fetches(), before)
})

void t.test('starting twice at once makes one fetch, and one refresh', async (t) => {
  const { keySet, time, fetches } = createKeySet()
  await Promise.all([keySet.start(), keySet.start()])
  t.equal(fetches(), 1)
  t.same(time.waiting(), [5 * minute])
})

void t.test('closing between two fetches leaves no timer behind', async (t) => {
  const { keySet, time } = createKeySet()
  await keySet.start()
  await keySet.close()
  t.same(time.waiting(), [])
})

void t.test(
  'closing stops the timers and the fetch under way, and keeps what is held',
  async (t) => {
    const { keySet, find, time, hang, fetches, events } = createKeySet()
    await keySet.start()
    hang()
    time.advance(5 * minute)
    const reported = events.length
    await keySet.close()
    t.same(time.waiting(), [])
    t.equal(events.length, reported)
    t.match(await find('k1'), { kind: 'found' })
    t.match(await find('k2'), { kind: 'unknown_kid' })
    t.equal(fetches(), 2)
    await keySet.close()
  },
)
