import t from 'tap'
import { entrySeverity } from '../../src/export/entry-severity.ts'
import { sampleEntries } from '../support/sample-entries.ts'

const warnings = new Set(['refused', 'unverified', 'noMethod', 'unknown', 'refusals'])
const severities: Readonly<Record<string, string>> = {
  ...Object.fromEntries([...warnings].map((name) => [name, 'warn'])),
  policyRefused: 'warn',
  loginRefused: 'warn',
  failed: 'error',
  issuerFailed: 'error',
  // Entries were lost before it.
  unwritable: 'error',
}

for (const [name, entry] of Object.entries(sampleEntries)) {
  const severity = severities[name] ?? 'info'
  t.test(`an entry like ${name} is of severity ${severity}`, async (t) => {
    t.equal(entrySeverity(entry), severity)
  })
}
