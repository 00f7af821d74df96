import { closeSync, fdatasync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const syncData = promisify(fdatasync)

/** About what the entries of 64 calls are. */
const bytes = 120 * 1024

/** What the machine itself takes to make some bytes durable, whoever writes them. */
export async function bareSync(directory: string, count: number) {
  const descriptor = openSync(join(directory, 'bare'), 'w')
  const block = Buffer.alloc(bytes, 'x')
  const tookUs = new Float64Array(count)
  const cpu = process.cpuUsage()
  for (let turn = 0; turn < count; turn += 1) {
    const began = performance.now()
    writeSync(descriptor, block)
    await syncData(descriptor)
    tookUs[turn] = (performance.now() - began) * 1_000
  }
  const { user, system } = process.cpuUsage(cpu)
  closeSync(descriptor)
  tookUs.sort()
  return {
    bytes,
    cpuUs: Math.round((user + system) / count),
    p50Us: Math.round(tookUs[Math.floor(count * 0.5)] ?? Number.NaN),
    p99Us: Math.round(tookUs[Math.floor(count * 0.99)] ?? Number.NaN),
  }
}
