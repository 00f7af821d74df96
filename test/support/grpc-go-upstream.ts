import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Test } from 'tap'
import type { Pair } from './differential.ts'
import type { FoundTool } from './differential-tools.ts'
import { outsideTap } from './outside-tap.ts'

/** What a frontend of grpc-go is asked to do with a call. Nothing asked for, it answers OK and no message. */
export interface AskedAnswer {
  readonly delayMs?: number
  /** Between the messages and the status. */
  readonly delayAfterMs?: number
  readonly headAtOnce?: boolean
  readonly head?: readonly Pair[]
  /** Sizes of the messages; a unary answer has one. */
  readonly messages?: readonly number[]
  /** One message that says which method, metadata and bytes arrived. */
  readonly echo?: boolean
  readonly code?: number
  readonly words?: string
  readonly details?: readonly { readonly typeUrl: string; readonly value: string }[]
  readonly trailers?: readonly Pair[]
}

/** What happened to a call there. */
export interface UpstreamEvent {
  readonly event: 'came' | 'gone'
  readonly id: string
  /** How long the caller waits, as the upstream was told. */
  readonly leftMs?: number
  readonly why?: string
}

export interface GoUpstream {
  readonly address: string
  readonly events: readonly UpstreamEvent[]
}

/** The metadata that asks the frontend for an answer. */
export function asking(id: string, answer: AskedAnswer): Pair {
  return ['x-answer', Buffer.from(JSON.stringify({ id, ...answer })).toString('base64')]
}

/** Starts a server of grpc-go that answers as each call asks it to; test/fixtures/go-peers/upstream. */
export async function startGoUpstream(
  t: Test,
  { folder }: FoundTool,
  ...flags: readonly string[]
): Promise<GoUpstream> {
  const [env, ...outside] = outsideTap
  const stdio = ['pipe', 'pipe', 'inherit'] as const
  const child = spawn(env, [...outside, `${folder}/upstream`, ...flags], { stdio: [...stdio] })
  t.teardown(() => child.kill())
  const events: UpstreamEvent[] = []
  const address = await new Promise<string>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`the upstream ended with ${code}`)))
    createInterface(child.stdout).on('line', (line) => {
      const said = JSON.parse(line) as UpstreamEvent | { readonly address: string }
      if ('address' in said) resolve(said.address)
      else events.push(said)
    })
  })
  return { address, events }
}
