import t from 'tap'
import { verifyPage } from '../../../src/review/pages/verify-page.ts'
import type { Verification } from '../../../src/review/pages/verification.ts'
import { flat, loopbackReviewer, textIn } from '../../support/review-page.ts'

const at = Date.UTC(2026, 10, 23, 9)
const result = { ok: true, entries: 1_234, checkpoints: 5, problems: [], durationMs: 1_500 }
const page = (state: Verification) => flat(verifyPage(state, loopbackReviewer, at + 2_000))
const done = (changes = {}): Verification => ({
  stage: 'done',
  at,
  reviewer: 'ada',
  result: { ...result, ...changes },
})

t.test('at first there is a button, and what it will show and will not', async (t) => {
  const markup = page({ stage: 'never' })
  t.match(markup, /method="post" action="\/review\/verify".*form_token.*Verify the journal/)
  const text = textIn(markup)
  t.match(text, 'Not verified since Sallyport was started.')
  t.match(text, 'What it shows when it holds')
  t.match(text, 'What it does not show')
})

t.test('while it runs it says for how long, and there is nothing to press', async (t) => {
  const markup = page({ stage: 'running', since: at, reviewer: '<ada>' })
  t.match(markup, 'data-verifying')
  t.match(markup, '<progress')
  t.match(textIn(markup), 'For 2 s by now, asked for by &lt;ada&gt;')
  t.notMatch(markup, '<button')
  t.match(page({ stage: 'running', since: at + 9_000, reviewer: 'a' }), 'For 0 ms')
})

t.test('a journal that holds', async (t) => {
  const text = textIn(page(done()))
  t.match(text, '✓ The journal holds Entries read 1,234 Checkpoints 5 Took 1.5 s')
  t.match(text, 'Asked for by ada')
  t.match(text, 'Verify again')
  t.notMatch(text, 'no signed checkpoint')
})

t.test('a chain that nobody has signed proves less, and it says so', async (t) => {
  t.match(textIn(page(done({ checkpoints: 0 }))), 'It has no signed checkpoint yet')
  const broken = done({ checkpoints: 0, ok: false, problems: ['one'] })
  t.notMatch(textIn(page(broken)), 'no signed checkpoint')
})

t.test('what was not proven is said beside what was', async (t) => {
  const text = textIn(page(done({ notes: ['3 entries are not yet signed', '<b>'] })))
  t.match(text, '3 entries are not yet signed')
  t.match(page(done({ notes: ['<b>'] })), '&lt;b&gt;')
})

t.test('a journal that does not hold, with each problem', async (t) => {
  const one = page(done({ ok: false, problems: ['line 7 of <x>\u202E'] }))
  t.match(one, 'data-tone="bad"')
  t.match(textIn(one), '✕ The journal does not hold')
  t.match(textIn(one), 'What is wrong (1)')
  t.match(one, '<li><bdi>line 7 of &lt;x&gt;<span class="odd" data-code="U+202E">')
})

t.test('of very many problems the first are listed', async (t) => {
  const problems = Array.from({ length: 1_100 }, (_, line) => `line ${line}.`)
  const text = textIn(page(done({ ok: false, problems })))
  t.match(text, 'What is wrong (1,100)')
  t.match(text, 'line 99. … and 1,000 more: sallyport audit verify lists them all.')
})

t.test('a check without a result says why', async (t) => {
  const reason = 'a file could not be read (EACCES)'
  const failed = page({ stage: 'failed', at, why: 'index', reason })
  t.match(textIn(failed), 'The check failed: a file could not be read (EACCES). The log says more.')
  t.match(textIn(page({ stage: 'failed', at, why: 'record', reason })), 'could not be recorded')
})
