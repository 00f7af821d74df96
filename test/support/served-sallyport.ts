import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { startIssuer, type TestIssuer } from './issuer.ts'
import { outsideTap, root } from './outside-tap.ts'
import { writeConfiguration, type SallyportOptions } from './sallyport.ts'

/** Rules that let a main pipeline do anything in one namespace. */
export const paymentsAdmin = `
  - name: ledger-main
    issuer: gitlab
    match: { project_id: "48210377" }
    grants:
      - { namespace: payments, role: admin }
`

/** A Sallyport that runs as its own process, as an operator runs it, and can be measured from outside. */
export interface ServedSallyport {
  readonly address: string
  readonly port: number
  readonly ca: string
  readonly issuer: TestIssuer
  readonly pid: number
  /** Memory in use now, without waiting for anything. */
  readonly rssBytes: () => number
  /** The most memory that was in use since it was last asked. */
  readonly takePeakBytes: () => number
  /** Memory in use once garbage was collected and timers had their turn. */
  readonly settledBytes: () => Promise<number>
  /** What is kept alive in memory, garbage collected: unlike the rest, a leak cannot hide in it. */
  readonly heldBytes: () => Promise<number>
  /** Files, sockets and the like that are open. */
  readonly handles: () => number
  /** CPU time so far, in milliseconds. */
  readonly cpuMs: () => number
  /** The value of a metric without labels, or with exactly these. */
  readonly metric: (name: string) => Promise<number>
  /** Every reason for which the wire ended something so far, and how often. */
  readonly refusals: () => Promise<Record<string, number>>
  readonly isRunning: () => boolean
  readonly stop: () => Promise<void>
}

/** Collects garbage when it is told to by a signal, which the program itself knows nothing of. */
const collector = 'data:text/javascript,process.on("SIGUSR2",()=>{gc();gc()})'

/** Starts `sallyport serve`, which collects its garbage when it is told to. */
export async function serveSallyport(
  options: Omit<SallyportOptions, 'machines'> & { readonly machines?: string },
): Promise<ServedSallyport> {
  const issuer = options.issuer ?? (await startIssuer())
  const written = await writeConfiguration({ machines: paymentsAdmin, ...options }, issuer)
  const [env, ...flags] = outsideTap
  const node = [process.execPath, '--expose-gc', '--import', collector]
  const args = [...flags, ...node, `${root}src/main.ts`, 'serve', '--config', written.file]
  const child = spawn(env, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let exited = false
  const gone = once(child, 'exit').then(() => (exited = true))
  const { port, opsPort } = await listening(child.stdout)
  const pid = child.pid as number
  const proc = (file: string) => readFileSync(`/proc/${pid}/${file}`, 'utf8')
  const kilobytes = (field: string) =>
    1024 * Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(proc('status'))?.[1])
  const metrics = async () => (await fetch(`http://127.0.0.1:${opsPort}/metrics`)).text()
  return {
    address: `127.0.0.1:${port}`,
    port,
    ca: written.ca,
    issuer,
    pid,
    rssBytes: () => kilobytes('VmRSS'),
    takePeakBytes: () => {
      const peak = kilobytes('VmHWM')
      // The kernel begins to look for the peak anew: proc(5).
      writeFileSync(`/proc/${pid}/clear_refs`, '5')
      return peak
    },
    settledBytes: async () => {
      // The least of a few: what was freed goes back to the system only little by little.
      let least = Infinity
      for (let count = 0; count < 6; count += 1) {
        child.kill('SIGUSR2')
        await pause(250)
        least = Math.min(least, kilobytes('VmRSS'))
      }
      return least
    },
    heldBytes: async () => {
      child.kill('SIGUSR2')
      await pause(300)
      const text = await metrics()
      const parts = ['heap_size_used', 'external_memory'].map((name) =>
        Number(new RegExp(`^sallyport_nodejs_${name}_bytes (\\S+)`, 'm').exec(text)?.[1]),
      )
      return parts.reduce((sum, bytes) => sum + bytes)
    },
    handles: () => readdirSync(`/proc/${pid}/fd`).length,
    cpuMs: () => {
      const fields = proc('stat').split(') ')[1]?.split(' ') ?? []
      return 10 * (Number(fields[11]) + Number(fields[12]))
    },
    metric: async (name) =>
      Number(
        (await metrics())
          .split('\n')
          .find((line) => line.startsWith(`${name} `))
          ?.split(' ')[1],
      ),
    refusals: async () => {
      const lines = (await metrics()).matchAll(
        /^sallyport_wire_refused_total\{reason="(\w+)"\} (\d+)/gm,
      )
      return Object.fromEntries([...lines].map(([, reason = '', count]) => [reason, Number(count)]))
    },
    isRunning: () => !exited,
    stop: async () => {
      if (!exited) child.kill('SIGKILL')
      await gone
      if (!options.issuer) await issuer.close()
      rmSync(written.directory, { recursive: true, force: true })
    },
  }
}

/** Waits until the service says where it listens. */
async function listening(output: NodeJS.ReadableStream) {
  for await (const line of createInterface({ input: output })) {
    const said = JSON.parse(line) as Record<string, { port: number } | undefined> & { msg: string }
    if (said.msg !== 'serving') continue
    // What it says later must go somewhere.
    output.resume()
    return { port: said['address']?.port ?? 0, opsPort: said['ops']?.port ?? 0 }
  }
  throw new Error('the service ended before it served')
}
