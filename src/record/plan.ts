/** At most one run that is yet to come. */
export interface Plan {
  /** Runs at the end of this turn of the event loop, once all that has arrived in it is read. */
  readonly runSoon: () => void
  /** Runs within so many milliseconds; whatever was planned sooner stays. */
  readonly runWithin: (delayMs: number) => void
  readonly cancel: () => void
}

/** Plans runs of `run`; planning one that is planned already costs nothing. */
export function createPlan(run: () => void): Plan {
  let turn: NodeJS.Immediate | undefined
  let timer: NodeJS.Timeout | undefined

  function cancel(): void {
    clearImmediate(turn)
    clearTimeout(timer)
    turn = undefined
    timer = undefined
  }

  function runNow(): void {
    cancel()
    run()
  }

  return {
    runSoon() {
      turn ??= setImmediate(runNow)
    },
    runWithin(delayMs) {
      if (!turn) timer ??= setTimeout(runNow, delayMs)
    },
    cancel,
  }
}
