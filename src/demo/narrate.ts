import { statusCodes } from '../core/status.ts'
import type { AuditedCall } from './audit-trail.ts'
import type { Job } from './jobs.ts'

/** Prints what happens, for a person to read. */
export interface Narrator {
  readonly line: (text?: string) => void
  readonly heading: (text: string) => void
  readonly ready: (what: string, where: string) => void
  readonly progress: (text: string) => void
  /** A command as it would be typed. */
  readonly command: (text: string) => void
  readonly output: (lines: readonly string[], exitCode: number) => void
  readonly audit: (calls: readonly AuditedCall[]) => void
  readonly verdict: (good: boolean, text: string) => void
}

export interface NarratorParts {
  /** Writes one line. */
  readonly out: (text: string) => void
  readonly colour: boolean
}

const styles = { bold: 1, dim: 2, red: 31, green: 32 } as const

/** Creates a narrator that writes lines of text. */
export function createNarrator({ out, colour }: NarratorParts): Narrator {
  const paint = (style: keyof typeof styles, text: string) =>
    colour ? `\x1b[${styles[style]}m${text}\x1b[0m` : text
  return {
    line: (text = '') => out(text),
    heading: (text) => out(`\n${paint('bold', text)}`),
    ready: (what, where) => out(`  ${paint('green', 'ready')}  ${what.padEnd(20)}  ${where}`),
    progress: (text) => out(paint('dim', `  …      ${text}`)),
    command: (text) => out(`  ${paint('bold', `$ ${text}`)}`),
    output: (lines, exitCode) => {
      for (const line of lines) if (line.trim() !== '') out(`    ${line.trimEnd()}`)
      if (exitCode !== 0) out(paint('dim', `    (exit code ${exitCode})`))
    },
    audit: (calls) => {
      out(`  audit of ${describeCallers(calls)}`)
      for (const call of calls) {
        const [what, why] = describeCall(call)
        const refused = call.decision.outcome === 'refused'
        out(`    ${refused ? paint('red', what) : what}`)
        out(paint('dim', `${' '.repeat(18)}${why}`))
      }
    },
    verdict: (good, text) =>
      out(`  ${paint(good ? 'green' : 'red', good ? 'as expected' : 'WRONG')}: ${text}`),
  }
}

/** An audited call in two lines: what was asked and decided, then why, and what became of it. */
function describeCall({ decision, completion }: AuditedCall): readonly [string, string] {
  const { time, outcome, method, namespace, task_queue: queue } = decision
  const { workflow_id: id, workflow_type: type } = decision
  const workflow = type === undefined ? id : `${type} on ${queue} as ${id}`
  const what = [time.slice(11, 23), outcome, method ?? 'unknown method', namespace, workflow]
  const then = completion && `${statusName(completion.grpc_status)} in ${completion.duration_ms} ms`
  return [
    present(what).join('  '),
    present([reasonFor(decision), then, decision.decision_id]).join(', '),
  ]
}

/** Who made these calls, by the names that the journal has for them. */
export function describeCallers(calls: readonly AuditedCall[]): string {
  const principals = new Set(present(calls.map(({ decision }) => decision.principal)))
  return [...principals].join(' and ') || 'nobody: this token proves nothing'
}

function reasonFor({ outcome, code, detail, rule, role }: AuditedCall['decision']): string {
  if (outcome === 'refused') return `${code}: ${detail}`
  return rule === undefined ? 'open to every valid token' : `by rule ${rule} (${role})`
}

function statusName(code: number | undefined): string {
  const [name] = Object.entries(statusCodes).find(([, value]) => value === code) ?? []
  return name ?? `status ${code}`
}

function present(texts: readonly (string | undefined)[]): string[] {
  return texts.filter((text) => text !== undefined && text !== '') as string[]
}

/** The claims of a job's token that matter to the policy, in two lines. */
export function describeToken({ claims, issuedSecondsAgo }: Job): string {
  const running = claims['job_project_path']
  const source = claims['project_path']
  const where = running === source ? `${running}` : `${running} with the code of ${source}`
  const protection = claims['ref_protected'] === 'true' ? 'protected' : 'not protected'
  const age = issuedSecondsAgo === 0 ? 'fresh' : `${Math.round(issuedSecondsAgo / 60)} minutes old`
  return (
    `job ${claims['job_id']} of ${where},\n` +
    `         ${claims['pipeline_source']} on ${claims['ref']} (${protection}), ${age}`
  )
}
