import { once } from 'node:events'
import { resolve } from 'node:path'
import { wantsColour, type Terminal } from '../commands/terminal.ts'
import { makeDemoDirectory, type DemoDirectory } from './demo-directory.ts'
import { createNarrator, type Narrator } from './narrate.ts'
import { playPipeline } from './play.ts'
import { SetupFailure } from './setup-failure.ts'
import { startStack, type Stack } from './stack.ts'

export interface DemoOptions {
  /** Ends after the pipeline instead of staying up. */
  readonly once: boolean
  readonly policyFile: string | undefined
}

/** As shells have it for a command that SIGINT ended. */
const interrupted = 130

/** Starts the stack, plays the pipeline and stops everything again, whatever happens in between. */
export async function runDemo(options: DemoOptions, terminal: Terminal): Promise<number> {
  const stopping = new AbortController()
  const { signal } = stopping
  terminal.onSignal(() => stopping.abort())
  const narrator = createNarrator({ out: terminal.out, colour: wantsColour(terminal) })
  try {
    return await runUntil(signal, options, terminal, narrator)
  } catch (error) {
    if (signal.aborted) return interrupted
    if (!(error instanceof SetupFailure)) throw error
    terminal.err(error.message)
    return 1
  }
}

async function runUntil(
  signal: AbortSignal,
  options: DemoOptions,
  terminal: Terminal,
  narrator: Narrator,
): Promise<number> {
  const { cwd, environment, version } = terminal
  const directory = await makeDemoDirectory(cwd)
  const policyFile = options.policyFile && resolve(cwd, options.policyFile)
  narrator.line('A pipeline, Sallyport and a real Temporal server, all on this machine.\n')
  const report = narrator.progress
  const { ready } = narrator
  const parts = { directory, environment, policyFile, report, ready, signal, version }
  const stack = await startStack(parts)
  try {
    introduce(narrator, stack, directory)
    const path = environment['PATH']
    const good = await playPipeline({ stack, directory, narrator, cwd, path, signal })
    conclude(narrator, directory, good)
    if (!options.once) {
      invite(narrator, stack, directory)
      await once(signal, 'abort')
      narrator.line('\nStopping.')
    }
    return good ? 0 : 1
  } finally {
    await stack.stop()
  }
}

function introduce(narrator: Narrator, stack: Stack, directory: DemoDirectory): void {
  narrator.heading(`${directory.shown('sallyport.yaml')} is config/sallyport.yaml, but for`)
  for (const { path, value } of stack.replacements) {
    narrator.line(`  ${path.join('.').padEnd(34)}  ${value ?? '(taken out)'}`)
  }
  narrator.heading('Every job has these variables, and its own id token as TEMPORAL_API_KEY')
  for (const [name, value] of Object.entries(stack.variables)) {
    narrator.command(`export ${name}=${value}`)
  }
}

function conclude(narrator: Narrator, directory: DemoDirectory, good: boolean): void {
  narrator.heading(
    good
      ? 'Everything went as expected.'
      : 'Not everything went as expected: see the lines marked WRONG.',
  )
  narrator.line(`  full audit entries  ${directory.shown('audit/*.jsonl')}, by decision id (d-…)`)
  narrator.line(`  Sallyport's log     ${directory.shown('sallyport.log')}`)
}

function invite(narrator: Narrator, { reviewUrl }: Stack, directory: DemoDirectory): void {
  narrator.heading(`Who did what is at ${reviewUrl}`)
  narrator.line('  Keep the live view open beside the terminal: each call appears as it is made.')
  narrator.heading('All of it still runs. In another terminal, in this directory, try')
  const lines = [
    `. ${directory.shown('job.env')}    # be the first job, with a fresh token`,
    'temporal workflow execute --type LedgerRollup --task-queue ledger --workflow-id ledger-1',
    'temporal workflow start --type LedgerRollup --task-queue ledger --workflow-id wages-1    # refused',
    'temporal workflow terminate --workflow-id ledger-1    # refused: a starter only starts and reads',
    `npm run -s sallyport -- audit tail ${directory.shown('audit')} --follow`,
    `npm run -s sallyport -- audit verify ${directory.shown('audit')}`,
    `npm run -s sallyport -- check --config ${directory.shown('sallyport.yaml')}`,
  ]
  for (const line of lines) narrator.command(line)
  narrator.line('\n  To see other rules at work: npm run demo -- --policy YOUR-POLICY.yaml')
  narrator.line('  Ctrl-C stops everything.')
}
