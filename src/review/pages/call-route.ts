import { callPage } from './call-page.ts'
import { noCallPage } from './message-page.ts'
import type { Answer, ReviewParts, Visit } from './visit.ts'

/** Answers with one call. That it was looked for is recorded even where it is not there. */
export function createCallRoute({ index, temporalUiUrl }: ReviewParts) {
  return async function call({ params, record }: Visit): Promise<Answer> {
    const id = params['decisionId'] ?? ''
    if (!/^[\w-]{1,64}$/.test(id)) return { status: 404, page: noCallPage() }
    await record('view', { decision_id: id })
    const found = await index.call(id)
    if (found === undefined) return { status: 404, page: noCallPage() }
    return {
      page: { title: `Call ${id}`, section: 'calls', main: callPage(found, temporalUiUrl) },
    }
  }
}
