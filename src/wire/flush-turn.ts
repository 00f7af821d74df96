/** What has something to send. */
interface Flushable {
  readonly flush: () => void
}

let waiting: Flushable[] = []

/**
 * Flushes something at the end of this turn of the event loop. Whatever else is written until then goes
 * out with it: many frames for one system call.
 */
export function flushThisTurn(item: Flushable): void {
  if (waiting.length === 0) setImmediate(flushAll)
  waiting.push(item)
}

function flushAll(): void {
  const due = waiting
  waiting = []
  for (const item of due) item.flush()
}
