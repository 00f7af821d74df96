import { settledAfterMs } from '../../audit/bundle/period.ts'
import type { SignOff } from '../review-index.ts'
import { isoOf } from './moments.ts'
import { readMoment } from './search-fields.ts'
import { noteLengthMax, signOffPage, type Period } from './sign-off-page.ts'
import type { Answer, ReviewParts, Visit } from './visit.ts'

type Texts = Readonly<Record<string, unknown>>

/** A period that was asked for, or what is wrong with it. */
type ReadPeriod = { readonly from: number; readonly to: number } | { readonly problem: string }

/** The sign-off of periods: a page that shows what would be signed, and the form that signs it. */
export function createSignOffRoutes(parts: ReviewParts) {
  const { index, now } = parts
  const show = (visit: Visit, asked: Texts, problems?: readonly string[]) =>
    showPeriod(parts, visit, asked, problems)

  async function view(visit: Visit): Promise<Answer> {
    const asked = visit.query as Texts
    const isAsked = asked['from'] !== undefined || asked['to'] !== undefined
    await visit.record('view', { page: 'sign-off', ...periodFacts(asked) })
    return isAsked ? show(visit, asked, []) : show(visit, await proposal())
  }

  /** The period that follows the one that was signed last. */
  async function proposal(): Promise<Texts> {
    const ends = (await index.signOffs()).map(({ to }: SignOff) => to)
    const from = ends.length > 0 ? Math.max(...ends) : now() - 7 * 86_400_000
    return { from: formText(from), to: formText(now() - settledAfterMs) }
  }

  /** Signs what was shown, and nothing else: where the numbers have changed, it is shown again. */
  async function sign(visit: Visit): Promise<Answer> {
    const { form } = visit
    const note = form['note']?.trim() ?? ''
    if (note.length > noteLengthMax) {
      return show(visit, form, [`Note: write at most ${noteLengthMax} characters.`])
    }
    const read = readPeriod(form, now())
    if ('problem' in read) return show(visit, form, [])
    const { isCaughtUp } = await index.state()
    if (!isCaughtUp) {
      return show(visit, form, [
        'The index has not read all of the journal yet. Sign off a little later.',
      ])
    }
    const period = await periodOf(index, read)
    const { firstSeq, lastSeq, allowed, refused, head } = period
    if (String(firstSeq) !== form['first_seq'] || String(lastSeq) !== form['last_seq']) {
      return show(visit, form, ['This period has other entries than when you looked. Look again.'])
    }
    if (lastSeq === 0) return show(visit, form, [])
    await visit.record('sign_off', {
      from: isoOf(read.from),
      to: isoOf(read.to),
      first_seq: firstSeq,
      last_seq: lastSeq,
      head,
      allowed,
      refused,
      note,
    })
    return { redirect: '/review/sign-off' }
  }

  return { view, sign }
}

/** Without problems to tell, a period that cannot be signed is merely not offered. */
async function showPeriod(
  { index, now }: ReviewParts,
  visit: Visit,
  asked: Texts,
  problems: readonly string[] | undefined,
): Promise<Answer> {
  const read = readPeriod(asked, now())
  const found = 'problem' in read ? undefined : await periodOf(index, read)
  const period = found?.lastSeq === 0 ? undefined : found
  const isEmpty = found !== undefined && period === undefined
  const all = problems && [
    ...problems,
    ...('problem' in read ? [read.problem] : []),
    ...(isEmpty ? ['Nothing was recorded in this period.'] : []),
  ]
  const main = signOffPage({
    state: await index.state(),
    past: await index.signOffs(),
    fields: { from: textOf(asked['from']), to: textOf(asked['to']), note: textOf(asked['note']) },
    problems: all ?? [],
    period,
    reviewer: visit.reviewer,
  })
  const page = { title: 'Sign off', section: 'sign-off', main } as const
  return all !== undefined && all.length > 0 ? { page, status: 400 } : { page }
}

async function periodOf(
  index: ReviewParts['index'],
  { from, to }: { readonly from: number; readonly to: number },
): Promise<Period> {
  return { from, to, ...(await index.period(from, to)) }
}

function readPeriod(asked: Texts, now: number): ReadPeriod {
  const [from, to] = [asked['from'], asked['to']].map((text) => readMoment(textOf(text)))
  if (from === undefined || to === undefined) {
    return { problem: 'Write both ends of the period, such as 2026-11-23T09:14:02.' }
  }
  if (from >= to) return { problem: 'The period ends before it begins.' }
  if (to > now - settledAfterMs) {
    return {
      problem: 'The period must be over for a minute, so that nothing of it is still to come.',
    }
  }
  return { from, to }
}

function periodFacts(asked: Texts): Record<string, string | undefined> {
  const [from, to] = [asked['from'], asked['to']].map((text) => readMoment(textOf(text)))
  return { from: from && isoOf(from), to: to && isoOf(to) } as Record<string, string | undefined>
}

/** A moment as the fields of forms have it, to the second. */
function formText(at: number): string {
  return new Date(at).toISOString().slice(0, 19)
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
