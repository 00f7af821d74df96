import { callsPage, problemsPage } from './calls-page.ts'
import { callLink } from './links.ts'
import { readSearch, searchFacts } from './search-fields.ts'
import type { Answer, ReviewParts, Visit } from './visit.ts'

/** Answers a search. Without anything to look for, that is every call, refusals first. */
export function createCallsRoute({ index, now }: ReviewParts) {
  return async function calls(visit: Visit): Promise<Answer> {
    const { query, reviewer } = visit
    const decisionId = decisionIn(query)
    if (decisionId !== undefined) return { redirect: callLink(decisionId) }
    const read = readSearch(query)
    const { fields, search, page, problems } = read
    const invalid = (reasons: readonly string[]): Answer => ({
      status: 400,
      page: { title: 'Calls', section: 'calls', main: problemsPage(fields, reasons, now()) },
    })
    if (problems.length > 0) return invalid(problems)
    await visit.record('search', searchFacts(read))
    try {
      const [result, totals, state] = await Promise.all([
        index.search(search, page),
        index.totals(search),
        index.state(),
      ])
      const main = callsPage({ fields, result, totals, state, reviewer, now: now() })
      return { page: { title: 'Calls', section: 'calls', main } }
    } catch (error) {
      // What the index says of a page mark that it has not given.
      if (error instanceof RangeError) return invalid(['This page is gone. Search again.'])
      throw error
    }
  }
}

function decisionIn(query: unknown): string | undefined {
  const { decision } = (query ?? {}) as { readonly decision?: unknown }
  return typeof decision === 'string' && decision.trim() !== '' ? decision.trim() : undefined
}
