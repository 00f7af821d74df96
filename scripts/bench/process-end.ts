import { fork } from 'node:child_process'
import { ownEnvironment, pinned } from './proxies.ts'

/** A process of the bench that answers each message with one. */
export interface ProcessEnd<Question, Answer> {
  readonly ask: (question: Question) => Promise<Answer>
  /** What it said when it had started. */
  readonly next: () => Promise<Answer>
  readonly pid: number
  readonly stop: () => void
}

/** Starts a script of this folder on the processor of the load. */
export function startProcess<Question extends object, Answer extends object>(
  script: string,
): ProcessEnd<Question, Answer> {
  const [program = '', ...args] = pinned('load', [process.execPath])
  const file = new URL(script, import.meta.url).pathname
  const child = fork(file, {
    execPath: program,
    execArgv: args,
    env: ownEnvironment(),
    serialization: 'json',
  })
  const next = () => {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    const gone = () => reject(new Error(`${script} is gone`))
    child.once('exit', gone)
    child.once('message', (message: Answer | { readonly error: string }) => {
      child.off('exit', gone)
      if ('error' in message) reject(new Error(`${script}: ${message.error}`))
      else resolve(message)
    })
    return promise
  }
  return {
    ask: (question) => {
      const answer = next()
      child.send(question)
      return answer
    },
    next,
    pid: child.pid as number,
    stop: () => child.disconnect(),
  }
}
