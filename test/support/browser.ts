import { execFileSync } from 'node:child_process'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import type { Test } from 'tap'

const install = new URL('../../scripts/install-chromium.sh', import.meta.url).pathname

/** Nothing but the page: no look-ups of the browser's own, and no other protocol. */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** A page in a real browser, and everything that it complained of. */
export interface WatchedPage {
  readonly page: Page
  readonly context: BrowserContext
  /** Dialogs, errors, what was logged as an error, and what the content security policy stopped. */
  readonly complaints: readonly string[]
}

/** Starts Chromium, from Debian's package, until the test ends. */
export async function startBrowser(t: Test): Promise<Browser> {
  const executablePath = execFileSync(install, { encoding: 'utf8' }).trim()
  const browser = await chromium.launch({ executablePath, headless: true, args: flags })
  t.teardown(() => browser.close())
  return browser
}

/** Opens a page and listens to its complaints. */
export async function watchedPage(
  browser: Browser,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ timezoneId: 'UTC', locale: 'en-GB', ...options })
  context.setDefaultTimeout(20_000)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`console: ${message.text()}`)
  })
  await page.addInitScript(`addEventListener('securitypolicyviolation', (violation) => {
    console.error('policy: ' + violation.violatedDirective + ' ' + violation.blockedURI)
  })`)
  return { page, context, complaints }
}
