import { fdatasync } from 'node:fs'
import { promisify } from 'node:util'

/** How a journal makes bytes durable, and how long it waits for that. */
export interface Disk {
  readonly syncData: (descriptor: number) => Promise<void>
  readonly deadlineMs: number
}

/**
 * The disk as the operating system has it. Five seconds are a thousand times what a healthy disk takes,
 * and less than callers wait: they are told to try again while they still listen.
 */
export const systemDisk: Disk = { syncData: promisify(fdatasync), deadlineMs: 5_000 }

/** Says that the disk is still busy with something that should have ended long ago. */
export function slowDisk({ deadlineMs }: Disk): Error {
  const message = `the disk does not answer within ${deadlineMs / 1000} s`
  return Object.assign(new Error(message), { code: 'ETIMEDOUT' })
}

/** Settles as the work does, or rejects at the deadline; the work itself cannot be called off and goes on. */
export async function inTime<T>(work: Promise<T>, disk: Disk): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(slowDisk(disk)), disk.deadlineMs)
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
