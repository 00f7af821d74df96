import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import t from 'tap'
import { startBrowser, watchedPage } from '../support/browser.ts'
import { reviewEntries } from '../support/review-entries.ts'
import { reviewParts, startReviewPage } from '../support/review-page.ts'

t.setTimeout(300_000)
// Where there is no Chromium yet, it is installed.
t.setTimeout(600_000)

const browser = await startBrowser(t)
const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true }

/** Two hours ago, so that a period up to now can be signed. */
const start = Date.now() - 7_200_000

const pages = [
  '/review',
  '/review?order=newest_first&after=p50',
  '/review?namespace=none',
  '/review?from=soon&job=7',
  '/review/calls/d-000000000000',
  '/review/calls/d-000000000003',
  '/review/calls/none',
  '/review/live',
  '/review/verify',
  '/review/sign-off',
]

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe finds wrong, with everything unfolded. */
async function violations(page: Page): Promise<unknown> {
  return page.evaluate(`(async () => {
    for (const folded of document.querySelectorAll('details')) folded.open = true
    const { violations } = await axe.run({ runOnly: [
      'wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice',
    ] })
    return violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' '))
  })()`)
}

const looks = {
  'on a light screen': {},
  'on a dark screen': { colorScheme: 'dark' },
  'on a phone': phone,
  'on a dark phone': { ...phone, colorScheme: 'dark' },
} as const

for (const [name, options] of Object.entries(looks)) {
  t.test(`axe finds nothing wrong ${name}, and nothing is wider than the screen`, async (t) => {
    const { url } = await startReviewPage(t, reviewParts(reviewEntries(60, start)))
    const { page, context } = await watchedPage(browser, options)
    t.teardown(() => context.close())
    await page.addInitScript(axe)
    const check = async (path: string) => {
      // A page shows text before its style sheet has come.
      await page.waitForLoadState()
      t.same(await violations(page), [], path)
      const width = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
      t.ok(Number(width) <= 0, `${path} is ${String(width)} too wide`)
    }
    for (const path of pages) {
      await page.goto(url + path)
      const paper = await page.evaluate('getComputedStyle(document.body).backgroundColor')
      t.equal(paper, 'colorScheme' in options ? 'rgb(20, 23, 26)' : 'rgb(255, 255, 255)')
      await check(path)
    }
    await page.goto(`${url}/review/sign-off`)
    await page.getByRole('button', { name: 'Sign off this period' }).click()
    await page.getByText('Signed off so far').waitFor()
    await check('after a sign-off')
    await page.goto(`${url}/review/verify`)
    await page.getByRole('button', { name: 'Verify the journal' }).click()
    await page.getByText('The journal holds').waitFor()
    await check('after a check')
  })
}
