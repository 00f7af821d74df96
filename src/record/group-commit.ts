import type { EntryBody } from '../core/audit-entry.ts'
import { refusal } from '../core/refusal.ts'
import type { Logger } from '../log.ts'
import { bodiesOf, createBacklog, type Waiting } from './backlog.ts'
import type { Journal, Recorded } from './journal.ts'
import { createPlan } from './plan.ts'

/** How long an entry that nobody waits for may wait for one that somebody waits for, to share its sync. */
const lingerMs = 25
const retryMs = 100

/** How many share one promise: no more than are written at once. */
const waitingMax = 1000

const tooMany = 'too many entries wait for the disk'

export interface GroupCommitOptions {
  /** Makes a batch durable, all of it or nothing. */
  readonly write: (batch: readonly EntryBody[]) => Promise<void>
  /** Finds out whether a batch could be made durable. */
  readonly tryOut: () => Promise<void>
  /** Puts a failure of these two into words. */
  readonly explain: (error: unknown) => string
  readonly log: Logger
}

/** A queue of entries in front of something slow that takes many as quickly as one. */
export interface GroupCommit extends Pick<Journal, 'append' | 'enqueue' | 'trouble'> {
  /** Takes no more entries, writes the rest as far as possible, and resolves with the number of those lost. */
  readonly drain: () => Promise<number>
}

/**
 * Collects the entries of one turn of the event loop, and whatever arrives while a batch is being
 * made durable, into the next batch. After a failure everybody who waits is refused, and so is
 * everybody who comes, until an attempt works; one is made every 100 ms, whether or not calls come,
 * because a replica that is not ready gets none.
 */
export function createGroupCommit(options: GroupCommitOptions): GroupCommit {
  const { write, tryOut, explain, log } = options
  const backlog = createBacklog({ log })
  let trouble: string | undefined
  let flushing: Promise<boolean> | undefined
  let closed = false
  /** What those who wait for the batch that is being collected all wait for. */
  let collected: Collected | undefined
  const plan = createPlan(() => void flush())

  function flush(): Promise<boolean> {
    flushing = flushOnce().finally(() => {
      flushing = undefined
      planNext()
    })
    return flushing
  }

  async function flushOnce(): Promise<boolean> {
    const batch = backlog.take()
    collected = undefined
    try {
      await (batch.entries.length > 0 ? write(bodiesOf(batch)) : tryOut())
    } catch (error) {
      const why = explain(error)
      if (trouble === undefined)
        log.error({ why }, 'audit entries cannot be written; refusing calls')
      trouble = why
      settleAll(backlog.giveBack(batch), refused(why))
      return false
    }
    if (trouble !== undefined) log.info('audit entries can be written again')
    trouble = undefined
    settleAll(batch.entries, { ok: true })
    return true
  }

  function planNext(): void {
    if (closed) return
    if (trouble !== undefined) plan.runWithin(retryMs)
    else if (backlog.isAwaited()) plan.runSoon()
    else if (backlog.size() > 0) plan.runWithin(lingerMs)
  }

  function refusalNow(): string | undefined {
    if (closed) return 'the journal is closed'
    return trouble ?? (backlog.isFull() ? tooMany : undefined)
  }

  return {
    append(body) {
      const why = refusalNow()
      if (why !== undefined) return Promise.resolve(refused(why))
      if (collected === undefined || collected.count === waitingMax) collected = newCollected()
      collected.count += 1
      backlog.add({ body, settle: collected.settle })
      if (!flushing) plan.runSoon()
      return collected.recorded
    },
    enqueue(body) {
      if (closed) log.error({ entry: body }, 'an audit entry came after the journal was closed')
      else backlog.add({ body, settle: undefined })
      if (!closed && !flushing) plan.runWithin(lingerMs)
    },
    trouble: () => trouble ?? (backlog.isFull() ? tooMany : undefined),
    async drain() {
      closed = true
      await flushing
      plan.cancel()
      let works = true
      while (works && backlog.size() > 0) works = await flush()
      return backlog.size()
    },
  }
}

/** Those who wait for the same batch: a promise each would cost as much as encoding what they wait for. */
interface Collected {
  readonly recorded: Promise<Recorded>
  readonly settle: (recorded: Recorded) => void
  count: number
}

function newCollected(): Collected {
  const { promise, resolve } = Promise.withResolvers<Recorded>()
  return { recorded: promise, settle: resolve, count: 0 }
}

/** Entries that share a promise are next to one another, but for those that nobody waits for. */
function settleAll(entries: readonly Waiting[], recorded: Recorded): void {
  let last: Waiting['settle']
  for (const { settle } of entries) {
    if (settle === undefined || settle === last) continue
    settle(recorded)
    last = settle
  }
}

function refused(why: string): Recorded {
  return { ok: false, refusal: refusal('audit_unavailable', why) }
}
