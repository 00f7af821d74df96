import type { Schedule } from '../../src/identify/schedule.ts'

interface Appointment {
  readonly at: number
  readonly run: () => void
}

/** A clock that moves only when told to, and timers that go by it. */
export interface ManualTime {
  readonly now: () => number
  readonly schedule: Schedule
  /** Moves the clock, running what falls due on the way at its own time. */
  readonly advance: (ms: number) => void
  /** Moves the clock without running anything, like a machine that was asleep. */
  readonly skip: (ms: number) => void
  /** How far away each waiting timer is, in milliseconds, nearest first. */
  readonly waiting: () => readonly number[]
}

/** Creates a clock that stands still at a time, by default at one of this century. */
export function createManualTime(startMs = Date.UTC(2026, 10, 23, 9)): ManualTime {
  let time = startMs
  const appointments = new Set<Appointment>()
  const next = (): Appointment | undefined =>
    [...appointments].sort((one, other) => one.at - other.at)[0]
  return {
    now: () => time,
    schedule(run, afterMs) {
      const appointment = { at: time + afterMs, run }
      appointments.add(appointment)
      return () => void appointments.delete(appointment)
    },
    advance(ms) {
      const until = time + ms
      for (let due = next(); due && due.at <= until; due = next()) {
        appointments.delete(due)
        time = Math.max(time, due.at)
        due.run()
      }
      time = until
    },
    skip(ms) {
      time += ms
    },
    waiting: () => [...appointments].map(({ at }) => at - time).sort((one, other) => one - other),
  }
}
