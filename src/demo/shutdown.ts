/** What has been started and must be stopped, last in first out. */
export interface Shutdown {
  readonly add: (stop: () => Promise<void>) => void
  /** Stops everything, once; what fails to stop does not keep the rest running. */
  readonly run: () => Promise<void>
}

/** Collects what to stop while a stack is being started. */
export function createShutdown(report: (line: string) => void): Shutdown {
  const stops: (() => Promise<void>)[] = []
  return {
    add: (stop) => void stops.push(stop),
    run: async () => {
      for (let stop = stops.pop(); stop !== undefined; stop = stops.pop()) {
        await stop().catch((error: unknown) => report(`could not stop cleanly: ${String(error)}`))
      }
    },
  }
}
