import type { Schedule } from '../../identify/schedule.ts'
import { createVerifier } from './verification.ts'
import { verifyPage } from './verify-page.ts'
import type { Answer, ReviewParts, Visit } from './visit.ts'

/** How long a form waits for a short check, so that most people see its result at once. */
const patienceMs = 1_500

/** The check of the journal: the page, the form that begins one, and its state for the script. */
export function createVerifyRoutes({ index, now, schedule, log }: ReviewParts) {
  const verifier = createVerifier({ verify: index.verify, now, log })

  async function view(visit: Visit): Promise<Answer> {
    await visit.record('view', { page: 'verify' })
    const main = verifyPage(verifier.state(), visit.reviewer, now())
    return { page: { title: 'Verify', section: 'verify', main } }
  }

  async function begin({ reviewer, record }: Visit): Promise<Answer> {
    const run = verifier.run({
      reviewer: reviewer.name,
      record: ({ ok, entries, checkpoints, problems }) =>
        record('verify', {
          result: ok ? 'holds' : 'does not hold',
          entries,
          checkpoints,
          problems: problems.length,
        }),
    })
    await Promise.race([run, after(schedule, patienceMs)])
    return { redirect: '/review/verify' }
  }

  /** Says no more than whether it is still running, so looking at it needs no entry. */
  async function progress(): Promise<Answer> {
    return { json: { running: verifier.state().stage === 'running' } }
  }

  return { view, begin, progress }
}

function after(schedule: Schedule, ms: number): Promise<void> {
  return new Promise((resolve) => {
    schedule(resolve, ms)
  })
}
