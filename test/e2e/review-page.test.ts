import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { startBrowser, watchedPage, type WatchedPage } from '../support/browser.ts'
import { encodeRequest } from '../support/caller.ts'
import { reviewEntries } from '../support/review-entries.ts'
import { reviewParts, startReviewPage } from '../support/review-page.ts'
import { startSallyport } from '../support/sallyport.ts'
import { startUpstream } from '../support/upstream.ts'

type Entry = Readonly<Record<string, unknown>>

t.setTimeout(300_000)
// Where there is no Chromium yet, it is installed.
t.setTimeout(600_000)

const browser = await startBrowser(t)

/** Two hours ago, so that a period up to now can be signed. */
const start = Date.now() - 7_200_000

async function open(
  t: Test,
  entries: Entry[] = reviewEntries(60, start),
  options: Parameters<typeof watchedPage>[1] = {},
) {
  const parts = reviewParts(entries)
  const { url } = await startReviewPage(t, parts)
  const watched: WatchedPage = await watchedPage(browser, options)
  t.teardown(() => watched.context.close())
  return { ...watched, url, entries, facts: parts.facts }
}

const rows = (page: Page) => page.locator('#calls tbody tr')
const heading = (page: Page) => page.locator('h1').innerText()

t.test('a reviewer finds a call by what they know of it, and reads all about it', async (t) => {
  const { page, url, complaints, facts } = await open(t)
  await page.goto(`${url}/review`)
  t.match(await rows(page).first().innerText(), 'Refused', 'refusals come first')
  t.match(await page.locator('.summary').innerText(), '60 calls: 9 refused, 51 allowed.')
  await page.getByLabel('Outcome').selectOption('refused')
  await page.getByText('More to search by').click()
  await page.getByLabel('Namespace').fill('treas*')
  await page.getByRole('button', { name: 'Search' }).click()
  t.match(page.url(), 'outcome=refused')
  t.equal(await rows(page).count(), 3)
  await rows(page).first().getByRole('link').click()
  t.equal(await heading(page), 'StartWorkflowExecution')
  t.match(await page.locator('.facts').innerText(), /treasury[^]*no rule grants start/)
  const job = page.getByRole('link', { name: 'The job in GitLab' })
  t.match(await job.getAttribute('href'), /^https:\/\/gitlab\.com\/acme\/.*\/-\/jobs\/\d+$/)
  await page.getByText(/^decision, number/).click()
  const entry = JSON.parse(await page.locator('pre').first().innerText()) as Entry
  t.match(entry, { kind: 'decision', namespace: 'treasury', outcome: 'refused' })
  t.same(
    facts.map(({ action }) => action),
    ['search', 'search', 'view'],
  )
  t.same(complaints, [])
})

t.test('pages follow one another, in either order', async (t) => {
  const { page, url } = await open(t)
  await page.goto(`${url}/review`)
  await page.getByRole('link', { name: 'Newest first' }).click()
  const first = await rows(page).first().innerText()
  await page.getByRole('link', { name: 'Next page' }).click()
  t.equal(await rows(page).count(), 10)
  t.equal(await page.locator('.charts').count(), 0)
  await page.getByRole('link', { name: 'First page' }).click()
  t.equal(await rows(page).first().innerText(), first)
})

t.test('the live view shows calls as they come and as they end, and can be paused', async (t) => {
  const all = reviewEntries(60, start)
  const entries = all.slice(0, 20)
  const { page, url, complaints, facts } = await open(t, entries)
  await page.goto(`${url}/review/live`)
  await page.getByText('Live.', { exact: true }).waitFor()
  t.notOk(await page.locator('#live-still').isVisible())
  const add = (more: object) =>
    entries.push({ ...all[21], ...more, seq: entries.length + 1, time: new Date().toISOString() })
  add({ kind: 'decision', decision_id: 'd-new', workflow_id: 'came\u202Elive', outcome: 'allowed' })
  const row = rows(page).filter({ hasText: 'came' })
  await row.waitFor()
  t.match(await row.innerText(), 'Under way')
  t.equal(await row.locator('.odd').getAttribute('data-code'), 'U+202E')
  t.equal(await rows(page).first().innerText(), await row.innerText(), 'it stands on top')
  t.equal(await row.getByRole('link').getAttribute('href'), '/review/calls/d-new')
  await row.getByRole('link').focus()
  add({ kind: 'completion', decision_id: 'd-new', outcome: 'completed', duration_ms: 3 })
  await row.filter({ hasText: 'Completed' }).waitFor()
  t.equal(await row.count(), 1, 'in its own place')
  const focused = await row.locator('a:focus').count()
  t.equal(focused, 1, 'and the focus stays on it')
  await page.getByRole('button', { name: 'Pause' }).click()
  add({ kind: 'decision', decision_id: 'd-later', workflow_id: 'later', outcome: 'refused' })
  await page.getByText('Paused, 1 waiting.').waitFor()
  t.equal(await rows(page).filter({ hasText: 'later' }).count(), 0)
  await page.getByRole('button', { name: 'Go on' }).click()
  await rows(page).filter({ hasText: 'later' }).waitFor()
  await page.getByLabel('Refusals only').check()
  t.notOk(await row.isVisible())
  t.equal(facts.length, 1, 'the whole session is one entry')
  t.same(complaints, [])
})

t.test('verifying shows its progress, and then what it found', async (t) => {
  const { url, page, complaints } = await open(t)
  await page.goto(`${url}/review/verify`)
  await page.getByRole('button', { name: 'Verify the journal' }).click()
  await page.getByText('The journal holds').waitFor()
  t.same(complaints, [])

  let finish = () => {}
  const parts = reviewParts(reviewEntries(3, start))
  const result = await parts.index.verify()
  const verify = () => new Promise<typeof result>((done) => (finish = () => done(result)))
  const slow = await startReviewPage(t, { ...parts, index: { ...parts.index, verify } })
  await page.goto(`${slow.url}/review/verify`)
  await page.getByRole('button', { name: 'Verify the journal' }).click()
  await page.getByText('Reading the journal since').waitFor()
  finish()
  await page.getByText('The journal holds').waitFor()
  t.same(complaints, [])
})

t.test('a period is looked at, signed off, and stands in the list', async (t) => {
  const { page, url, facts, complaints } = await open(t)
  await page.goto(`${url}/review/sign-off`)
  await page.getByRole('button', { name: 'Look at this period' }).click()
  await page.getByLabel('Note').fill('All refusals looked at. <b>')
  await page.getByRole('button', { name: 'Sign off this period' }).click()
  await page.getByText('Signed off so far').waitFor()
  t.match(await page.locator('.plain tbody').innerText(), /loopback[^]*looked at\. <b>/)
  t.match(facts.at(-2), { action: 'sign_off', about: { refused: 9, allowed: 51 } })
  t.same(complaints, [])
})

t.test('what was found is downloaded as it was shown', async (t) => {
  const { page, url, complaints } = await open(t)
  await page.goto(`${url}/review?namespace=treasury`)
  const lines = async (button: string) => {
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: button }).click()
    return readFileSync(await (await download).path(), 'utf8')
      .trim()
      .split('\n')
  }
  const json = await lines('JSON lines')
  t.ok(json.every((line) => (JSON.parse(line) as Entry)['kind'] !== 'identity'))
  t.match(json[0], '"namespace":"treasury"')
  t.equal((await lines('CSV')).length, json.length + 1, 'and a header')
  t.same(complaints, [])
})

const hostile = [
  '<script>alert(1)</script>',
  `"><img src=x onerror="alert(1)">`,
  `'-alert(1)-'`,
  'javascript:alert(1)//',
  '</title></textarea></template><svg onload=alert(1)>',
  '{{constructor.constructor("alert(1)")()}}',
  'moc.buhtig\u202E\u2066live',
  '\u001B[31mred\u001B]8;;https://evil.example\u0007',
  'ledger\u200B-7\uFEFF',
  'two  spaces and a\ttab',
  '=HYPERLINK("https://evil.example")',
  '../../../../etc/passwd?#%00',
  `${'w'.repeat(1_024)}… (5000 characters)`,
]

t.test('hostile texts are harmless, and are shown as what they are', async (t) => {
  const entries = reviewEntries(hostile.length, start).map((entry) => {
    const text = hostile[Number(entry['decision_id']?.toString().slice(2))]
    if (entry['kind'] !== 'decision' || text === undefined) return entry
    const named = ['workflow_id', 'workflow_type', 'ref', 'project_path', 'user_login', 'method']
    const texts = Object.fromEntries([...named, 'detail', 'principal'].map((name) => [name, text]))
    return { ...entry, ...texts }
  })
  const { page, url, complaints } = await open(t, entries)
  for (const path of ['/review?order=newest_first', '/review/live']) {
    await page.goto(url + path)
    const shown = await page.locator('[data-slot=workflowId]').allTextContents()
    t.same(shown.toSorted(), hostile.toSorted(), path)
  }
  for (const [at, text] of hostile.entries()) {
    await page.goto(`${url}/review/calls/d-${String(at).padStart(12, '0')}`)
    t.equal(await page.locator('h1 bdi').textContent(), text)
    t.equal(await page.locator('.outside a[href*="/-/jobs/"]').count(), 0, 'no link to a job')
    const links = await page.locator('main a').evaluateAll((all) => all.map(String))
    for (const link of links) t.match(link, /^https?:\/\/(127\.0\.0\.1|temporal\.example)/)
    const search = new URLSearchParams({ workflow_id: text })
    await page.goto(`${url}/review?${search.toString()}`)
    t.match(await page.title(), 'Calls')
  }
  t.same(complaints, [])
})

t.test('a whole review needs no mouse', async (t) => {
  const { page, url, complaints } = await open(t)
  const focused = () => page.evaluate('document.activeElement.textContent.trim()')
  const tabTo = async (text: string) => {
    for (let presses = 0; presses < 80; presses++) {
      await page.keyboard.press('Tab')
      const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')
      if (!String(await focused()).startsWith(text)) continue
      t.equal(outline, 'solid', 'the focus is seen')
      return
    }
    t.fail(`${text} is out of reach`)
  }
  await page.goto(`${url}/review`)
  await page.keyboard.press('Tab')
  t.equal(await focused(), 'Skip to the content')
  await page.keyboard.press('Enter')
  await tabTo('More to search by')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Shift+Tab')
  await tabTo('Search')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/review\?/)
  await tabTo('20')
  await page.keyboard.press('Enter')
  await page.getByText('Who called').waitFor()
  await page.goto(`${url}/review/verify`)
  await tabTo('Verify the journal')
  await page.keyboard.press('Enter')
  await page.getByText('The journal holds').waitFor()
  t.same(complaints, [])
})

t.test('everything but live works without a script', async (t) => {
  const { page, url } = await open(t, reviewEntries(60, start), {
    javaScriptEnabled: false,
  })
  await page.goto(`${url}/review`)
  await page.getByRole('link', { name: 'acme/web/shop' }).first().click()
  t.match(page.url(), 'project=acme%2Fweb%2Fshop')
  await page.goto(`${url}/review/live`)
  await page.getByText('Without its script this page stands still.').waitFor()
  t.equal(await rows(page).count(), 50)
  await page.goto(`${url}/review/verify`)
  await page.getByRole('button', { name: 'Verify the journal' }).click()
  await page.getByText('The journal holds').waitFor()
})

t.test('a page elsewhere cannot frame this one, load it or send it a form', async (t) => {
  const { page, url, facts } = await open(t)
  const elsewhere = url.replace('127.0.0.1', 'localhost')
  await page.route(`${elsewhere}/evil`, (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: `<iframe src="${url}/review"></iframe><img src="${url}/review">
        <form method="post" action="${url}/review/verify"><button>Go</button></form>`,
    }),
  )
  await page.goto(`${elsewhere}/evil`)
  await page.getByRole('button', { name: 'Go' }).click()
  await page.getByText('This did not come from the review page').waitFor()
  t.same(facts, [], 'and nothing of it was done or recorded as done')
})

t.test('calls through a real Sallyport appear there live', async (t) => {
  const upstream = await startUpstream(() => ({ message: Buffer.alloc(0) }))
  t.teardown(upstream.close)
  const sallyport = await startSallyport(t, {
    upstreamAddress: upstream.address,
    machines: `
  - name: ledger-main
    issuer: gitlab
    match: { project_id: "48210377", ref: main, ref_type: branch, ref_protected: true }
    grants: [{ namespace: payments, role: starter }]
`,
  })
  const { page, context, complaints } = await watchedPage(browser)
  t.teardown(() => context.close())
  await page.goto(`${sallyport.opsUrl}/review/live`)
  await page.getByText('Live.', { exact: true }).waitFor()
  const message = encodeRequest('StartWorkflowExecution', {
    namespace: 'payments',
    workflowId: 'ledger-7',
    workflowType: { name: 'LedgerRollup' },
    taskQueue: { name: 'ledger' },
    requestId: 'r-1',
  })
  await sallyport.caller().call('StartWorkflowExecution', message)
  const row = rows(page).filter({ hasText: 'ledger-7' })
  await row.filter({ hasText: 'Completed' }).waitFor()
  await row.getByRole('link').click()
  t.match(await page.locator('.facts').innerText(), /ledger-main[^]*completed/)
  await page.goto(`${sallyport.opsUrl}/review/verify`)
  await page.getByRole('button', { name: 'Verify the journal' }).click()
  await page.getByText('The journal holds').waitFor()
  t.same(complaints, [])
  const reviews = sallyport.entries().filter(({ kind }) => kind === 'review')
  t.match(reviews, [
    { action: 'view' },
    { action: 'view' },
    { action: 'view' },
    { action: 'verify' },
  ])
})
