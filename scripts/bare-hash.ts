import { hash } from 'node:crypto'

/** About what a start's decision and its completion are as lines. */
const linesBytes = [1_230, 415] as const

/** What the machine itself takes to hash the lines of a call, in microseconds of CPU, whoever does it. */
export function bareHash(calls: number): number {
  const lines = linesBytes.map((bytes) => Buffer.alloc(bytes, 'x'))
  const hashAll = (count: number) => {
    for (let call = 0; call < count; call += 1) for (const line of lines) hash('sha256', line)
  }
  hashAll(calls / 10)
  const cpu = process.cpuUsage()
  hashAll(calls)
  const { user, system } = process.cpuUsage(cpu)
  return (user + system) / calls
}
