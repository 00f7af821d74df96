/** Runs something once after a while. Returns what calls it off, which is harmless afterwards. */
export type Schedule = (run: () => void, afterMs: number) => () => void

/** Schedules by the real clock, without keeping the process alive. */
export const scheduleTimer: Schedule = (run, afterMs) => {
  const timer = setTimeout(run, afterMs).unref()
  return () => clearTimeout(timer)
}
