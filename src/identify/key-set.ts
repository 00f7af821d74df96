import type { KeySetEvent } from './key-set-event.ts'
import type { KeySource } from './key-source.ts'
import { printable } from './printable.ts'
import type { Schedule } from './schedule.ts'
import { readKeySet, type VerificationKey } from './verification-key.ts'

/** Keys are fetched this often, so this is how long a withdrawn key can still be used. */
const refreshIntervalMs = 5 * 60_000
/** Keys that missed two refreshes are called stale; they are still used for a while. */
const staleAfterMs = 2 * refreshIntervalMs
/** One fetch takes no longer than this, so no call waits longer for its keys either. */
const fetchTimeoutMs = 5_000
const backOffMinMs = 1_000
const backOffMaxMs = 60_000
/** Callers choose key ids, so this bounds the requests that they can make us send. */
const unknownKidIntervalMs = 30_000

/** What a key set needs. */
export interface KeySetParts {
  readonly issuer: string
  readonly source: KeySource
  readonly algorithms: readonly string[]
  /** How long keys are used after the last successful fetch. */
  readonly staleKeysMaxMs: number
  readonly now: () => number
  readonly schedule: Schedule
  readonly report: (event: KeySetEvent) => void
}

/** What is held: keys with the time of the fetch that they came from. Failures never replace it. */
type Holding =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'keys'; readonly keys: readonly VerificationKey[]; readonly fetchedAt: number }

/** How the last fetch went. */
type LastFetch =
  | { readonly kind: 'none' }
  | { readonly kind: 'fetched' }
  | { readonly kind: 'failed'; readonly detail: string; readonly inARow: number }

/** What one fetch brought. */
type Loaded =
  | { readonly kind: 'keys'; readonly keys: readonly VerificationKey[] }
  | { readonly kind: 'failure'; readonly detail: string }

/** How much a held key, or the whole set, is worth. */
export type Standing = 'fresh' | 'stale' | 'gone'

/** The keys for a key id, or why there are none. */
export type KeySearch =
  | { readonly kind: 'found'; readonly keys: readonly VerificationKey[]; readonly stale: boolean }
  | { readonly kind: 'unknown_kid'; readonly detail: string }
  | { readonly kind: 'unavailable'; readonly detail: string }

/** Keys of one issuer: fetched in the background, one fetch at a time, kept while fetches fail. */
export class KeySet {
  readonly #parts: KeySetParts
  readonly #closing = new AbortController()
  #holding: Holding = { kind: 'nothing' }
  #lastFetch: LastFetch = { kind: 'none' }
  #inFlight: Promise<void> | undefined
  #cancelNext = (): void => undefined
  /** The only trace that unknown key ids leave, however many there are. */
  #unknownKidFetchAt = Number.NEGATIVE_INFINITY

  constructor(parts: KeySetParts) {
    this.#parts = parts
  }

  /** Fetches keys now and from then on. Resolves after the first attempt, failed or not. */
  start(): Promise<void> {
    return this.#fetch()
  }

  /** Finds the keys with a key id; asks the issuer once more, within limits, where there are none. */
  async find(kid: string, at: number): Promise<KeySearch> {
    if (this.#standing(at) === 'gone') await this.#inFlight
    const found = this.#lookUp(kid, at)
    if (found.kind !== 'unknown_kid') return found
    if (this.#inFlight) await this.#inFlight
    else if (this.#mayFetchFor(this.#parts.now())) await this.#fetch()
    else return found
    return this.#lookUp(kid, at)
  }

  /** Whether this very key is still one to trust. */
  standingOf(key: VerificationKey, at: number): Standing {
    const held = this.#holding.kind === 'keys' && this.#holding.keys.includes(key)
    return held ? this.#standing(at) : 'gone'
  }

  /** What the set is worth now, and a sentence about what is wrong with it, if anything is. */
  status(): { readonly standing: Standing; readonly detail: string | undefined } {
    const standing = this.#standing(this.#parts.now())
    const isFine = standing === 'fresh' && this.#lastFetch.kind === 'fetched'
    return { standing, detail: isFine ? undefined : this.#whyNot() }
  }

  /** Stops fetching. Keys that are held stay good for as long as they are. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('closed'))
    this.#cancelNext()
    await this.#inFlight
  }

  #standing(at: number): Standing {
    if (this.#holding.kind === 'nothing') return 'gone'
    const ageMs = at - this.#holding.fetchedAt
    if (ageMs > this.#parts.staleKeysMaxMs) return 'gone'
    return ageMs > staleAfterMs ? 'stale' : 'fresh'
  }

  #lookUp(kid: string, at: number): KeySearch {
    const standing = this.#standing(at)
    if (this.#holding.kind === 'nothing' || standing === 'gone') {
      return { kind: 'unavailable', detail: this.#whyNot() }
    }
    const keys = this.#holding.keys.filter((key) => key.kid === kid)
    if (keys.length > 0) return { kind: 'found', keys, stale: standing === 'stale' }
    const detail = `unknown key id ${printable(kid)} of ${this.#parts.issuer}`
    return { kind: 'unknown_kid', detail }
  }

  #whyNot(): string {
    const { issuer } = this.#parts
    const last = this.#lastFetch
    if (last.kind === 'failed') return `keys of ${issuer} cannot be fetched: ${last.detail}`
    return `keys of ${issuer} were ${last.kind === 'none' ? 'not fetched yet' : 'fetched too long ago'}`
  }

  /** While fetches fail only the timer tries again, so callers cannot shorten the back-off. */
  #mayFetchFor(now: number): boolean {
    if (this.#closing.signal.aborted || this.#lastFetch.kind === 'failed') return false
    if (now - this.#unknownKidFetchAt < unknownKidIntervalMs) return false
    this.#unknownKidFetchAt = now
    return true
  }

  #fetch(): Promise<void> {
    this.#inFlight ??= this.#attempt()
    return this.#inFlight
  }

  async #attempt(): Promise<void> {
    this.#cancelNext()
    const loaded = await this.#load()
    this.#inFlight = undefined
    if (this.#closing.signal.aborted) return
    if (loaded.kind === 'keys') this.#adopt(loaded.keys)
    else this.#fail(loaded.detail)
  }

  async #load(): Promise<Loaded> {
    const timeout = new AbortController()
    const late = new Error(`no answer within ${fetchTimeoutMs} ms`)
    const cancelTimeout = this.#parts.schedule(() => timeout.abort(late), fetchTimeoutMs)
    const loaded = await this.#read(AbortSignal.any([timeout.signal, this.#closing.signal]))
    cancelTimeout()
    return loaded
  }

  /** The keys, or the reason why there are none. Never rejects. */
  async #read(signal: AbortSignal): Promise<Loaded> {
    const { source, algorithms } = this.#parts
    try {
      const text = await source(signal)
      return { kind: 'keys', keys: await readKeySet(text, algorithms, this.#held()) }
    } catch (error) {
      return { kind: 'failure', detail: printable(reasonOf(error), 300) }
    }
  }

  #held(): readonly VerificationKey[] {
    return this.#holding.kind === 'keys' ? this.#holding.keys : []
  }

  #adopt(keys: readonly VerificationKey[]): void {
    const { issuer, now, report } = this.#parts
    const before = this.#held()
    const isRecovered = this.#lastFetch.kind === 'failed'
    this.#holding = { kind: 'keys', keys, fetchedAt: now() }
    this.#lastFetch = { kind: 'fetched' }
    this.#fetchAgainIn(refreshIntervalMs)
    const added = idsOfNew(keys, before)
    const withdrawn = idsOfNew(before, keys)
    for (const kid of added) report({ kind: 'key_added', issuer, kid })
    for (const kid of withdrawn) report({ kind: 'key_withdrawn', issuer, kid })
    report({ kind: 'keys_fetched', issuer, keys: keys.length, added, withdrawn, isRecovered })
  }

  #fail(detail: string): void {
    const inARow = this.#lastFetch.kind === 'failed' ? this.#lastFetch.inARow + 1 : 1
    this.#lastFetch = { kind: 'failed', detail, inARow }
    this.#fetchAgainIn(Math.min(backOffMinMs * 2 ** (inARow - 1), backOffMaxMs))
    const { issuer, report } = this.#parts
    report({ kind: 'fetch_failed', issuer, detail, isRepeated: inARow > 1 })
  }

  #fetchAgainIn(afterMs: number): void {
    this.#cancelNext = this.#parts.schedule(() => void this.#fetch(), afterMs)
  }
}

/** Ids of the keys that are not among others. */
function idsOfNew(
  keys: readonly VerificationKey[],
  others: readonly VerificationKey[],
): readonly string[] {
  return keys.filter((key) => !others.includes(key)).map(({ kid }) => printable(kid))
}

/** A host with several addresses fails with one error for each, and no message of its own. */
function reasonOf(error: unknown): string {
  return error instanceof AggregateError ? error.errors.map(String).join('; ') : String(error)
}
