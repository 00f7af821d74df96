import type { Socket } from 'node:net'
import { Session, type SessionTiming } from './session.ts'

/** Who looks for a session. It is told once, perhaps at once, unless it is forgotten before. */
export interface Seeker {
  /** A session with room for the call that is opened on it now, and not later. */
  readonly onSession: (session: Session) => void
  readonly onNoSession: (why: string) => void
}

/** What happens to sessions, for whoever counts. */
export type SessionEvent = 'connected' | 'connect_failed' | 'goaway' | 'closed'

export interface SessionsParts {
  /** Connects to the upstream; the socket is connected, TLS and all, when it resolves. */
  readonly connect: () => Promise<Socket>
  readonly observe?: (event: SessionEvent) => void
  readonly timing?: Partial<SessionsTiming>
}

export interface SessionsTiming extends SessionTiming {
  /** How often age and idleness are looked at. */
  readonly sweepIntervalMs: number
  /** How old a session becomes before another takes its place, so that calls follow a balancer. */
  readonly ageMaxMs: number
  /** How long a session that is one too many may be without calls. */
  readonly idleMaxMs: number
  /** How long after a failure the next attempt waits, at least and at most. */
  readonly backoffMinMs: number
  readonly backoffMaxMs: number
}

const timingDefault = {
  sweepIntervalMs: 30_000,
  ageMaxMs: 3_600_000,
  idleMaxMs: 300_000,
  backoffMinMs: 100,
  backoffMaxMs: 5_000,
}

/** Sessions that are kept, so that one slow connection stalls few. */
const sessionsMin = 2

/** Sessions that are opened at most, and how many at once. */
const sessionsMax = 256
const connectingMax = 8

/** Calls on each before another is opened, even if the upstream would take more. */
const callsPerSessionMax = 80

/** A session that nobody used and that ended within this time is as good as one that never came about. */
const flappingMs = 1_000

/** How many of those calls wait for, one after the other, before they are told. */
const flapsMax = 3

/**
 * Connections to the upstream, for calls of one kind. Keeps sessions, opens more as calls pile up, and
 * replaces those that are old or that the upstream sends away.
 */
export class Sessions {
  readonly #parts: SessionsParts
  readonly #timing
  /** Sessions that take calls. */
  readonly #ready = new Set<Session>()
  /** Those, and the ones that have yet to, or whose last calls have yet to end. */
  readonly #all = new Set<Session>()
  readonly #waiting = new Set<Seeker>()
  readonly #sweeps: NodeJS.Timeout
  #retry: NodeJS.Timeout | undefined
  #connecting = 0
  #isClosed = false
  #failures = 0
  #failedAt = -Infinity
  /** Sessions that the upstream sent away unused, one after the other; it is there, so calls wait a little. */
  #flaps = 0
  #lastFailure = 'the upstream was not tried yet'

  constructor(parts: SessionsParts) {
    this.#parts = parts
    this.#timing = { ...timingDefault, ...parts.timing }
    this.#sweeps = setInterval(() => this.#sweep(), this.#timing.sweepIntervalMs).unref()
  }

  get counts(): { readonly sessions: number; readonly calls: number; readonly waiting: number } {
    let calls = 0
    for (const session of this.#all) calls += session.calls
    return { sessions: this.#all.size, calls, waiting: this.#waiting.size }
  }

  /** Finds a session with room for one more call, now or once there is one. */
  seek(seeker: Seeker): void {
    if (this.#isClosed) return seeker.onNoSession('the upstream is not used any more')
    const session = this.#best()
    if (session === undefined) this.#waiting.add(seeker)
    else seeker.onSession(session)
    this.#grow(this.#ready.size < sessionsMin || this.#areFull() ? 1 : 0)
  }

  /** Whoever was told already, or never sought, is forgotten as well. */
  forget(seeker: Seeker): void {
    this.#waiting.delete(seeker)
  }

  close(): void {
    this.#isClosed = true
    clearInterval(this.#sweeps)
    clearTimeout(this.#retry)
    for (const session of this.#all) session.destroy()
    this.#refuse('the upstream is not used any more')
  }

  #best(): Session | undefined {
    let found: Session | undefined
    for (const session of this.#ready) {
      if (session.room <= 0) continue
      if (found === undefined || session.calls < found.calls) found = session
    }
    return found
  }

  #serve(): void {
    for (const seeker of this.#waiting) {
      const session = this.#best()
      if (session === undefined) break
      // Those that are about to come take their share.
      if (session.calls >= callsPerSessionMax && this.#connecting > 0) break
      this.#waiting.delete(seeker)
      seeker.onSession(session)
    }
    this.#grow()
  }

  /** Whether calls wait for the next attempt though no session is there, and the last one failed. */
  get #mayWait(): boolean {
    return this.#flaps > 0 && this.#flaps <= flapsMax
  }

  /** Connects for the calls that wait, and as often as is wanted beside that. */
  #grow(wanted = 0): void {
    if (this.#isClosed) return
    const restMs = this.#failedAt + this.#backoffMs() - performance.now()
    if (restMs <= 0) for (let left = this.#missing(wanted); left > 0; left -= 1) void this.#add()
    if (this.#waiting.size === 0 || this.#connecting > 0) return
    if (this.#ready.size === 0 && !this.#mayWait) this.#refuse(this.#lastFailure)
    else if (restMs > 0) this.#retry ??= setTimeout(() => this.#again(), restMs).unref()
  }

  #again(): void {
    this.#retry = undefined
    this.#serve()
  }

  /** How many more connections should be on their way. */
  #missing(wanted: number): number {
    for (const session of this.#ready) {
      // An upstream that allows no streams at all is not asked to on more connections.
      if (session.calls === 0 && session.room <= 0) return 0
    }
    const forWaiting = Math.ceil(this.#waiting.size / callsPerSessionMax)
    const most = this.#failures > 0 ? 1 : connectingMax
    return (
      Math.min(Math.max(forWaiting, wanted), most, sessionsMax - this.#ready.size) -
      this.#connecting
    )
  }

  #areFull(): boolean {
    for (const session of this.#ready) {
      if (session.calls < callsPerSessionMax && session.room > 0) return false
    }
    return true
  }

  async #add(): Promise<void> {
    this.#connecting += 1
    try {
      const socket = await this.#parts.connect()
      if (this.#isClosed) socket.destroy()
      // It may be gone before anybody listened for that.
      if (socket.destroyed) throw new Error('the upstream hung up')
      this.#all.add(this.#session(socket))
    } catch (error) {
      this.#connecting -= 1
      this.#flaps = 0
      this.#fail((error as Error).message)
    }
  }

  #session(socket: Socket): Session {
    const { observe, timing = {} } = this.#parts
    let isReady = false
    const session: Session = new Session({
      socket,
      timing,
      onReady: () => {
        isReady = true
        this.#connecting -= 1
        this.#failures = 0
        this.#ready.add(session)
        observe?.('connected')
        this.#serve()
      },
      onRoom: () => this.#serve(),
      onGoaway: () => observe?.('goaway'),
      onRetired: () => {
        this.#ready.delete(session)
        if (!isReady) return
        const isFlapping = !session.wasUsed && session.ageMs(performance.now()) < flappingMs
        if (isFlapping) return this.#flap()
        this.#flaps = this.#failures = 0
        this.#serve()
      },
      onClosed: (why = 'the upstream hung up') => {
        this.#all.delete(session)
        observe?.('closed')
        if (isReady) return
        this.#connecting -= 1
        this.#flaps = 0
        this.#fail(why)
      },
    })
    return session
  }

  #flap(): void {
    this.#flaps += 1
    this.#fail('the upstream hung up before it took a call')
  }

  #fail(why: string): void {
    this.#failures += 1
    this.#failedAt = performance.now()
    this.#lastFailure = why
    this.#parts.observe?.('connect_failed')
    this.#serve()
  }

  #refuse(why: string): void {
    const refused = [...this.#waiting]
    this.#waiting.clear()
    for (const seeker of refused) seeker.onNoSession(why)
  }

  #backoffMs(): number {
    const { backoffMinMs, backoffMaxMs } = this.#timing
    return this.#failures === 0
      ? 0
      : Math.min(backoffMinMs * 2 ** (this.#failures - 1), backoffMaxMs)
  }

  /** Retires one session at a time that is too old, when another is there, and those that nobody needs. */
  #sweep(): void {
    const now = performance.now()
    const { ageMaxMs, idleMaxMs } = this.#timing
    for (const session of this.#ready) {
      const isSpare = this.#ready.size > sessionsMin && session.idleMs(now) > idleMaxMs
      if (!isSpare && session.ageMs(now) <= ageMaxMs) continue
      if (this.#ready.size > 1 || session.calls === 0) session.retire()
      else if (this.#connecting === 0) void this.#add()
      return
    }
  }
}
