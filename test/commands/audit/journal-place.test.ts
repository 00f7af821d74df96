import { join } from 'node:path'
import { chdir, cwd } from 'node:process'
import t from 'tap'
import { journalPlace } from '../../../src/commands/audit/journal-place.ts'
import { writeChain } from '../../support/chained-entries.ts'
import { sampleEntries } from '../../support/sample-entries.ts'
import { viewerPolicy, writePolicyFiles } from '../../support/tested-policy.ts'

const environment = {}

t.test('a directory that is named is taken', async (t) => {
  const directory = t.testdir()
  writeChain(directory, [sampleEntries.start])
  t.equal(await journalPlace({ named: [directory], config: undefined, environment }), directory)
})

t.test('without one, it is that of the service file', async (t) => {
  const directory = t.testdir({ audit: {} })
  const config = writePolicyFiles(directory, viewerPolicy)
  const audit = join(directory, 'audit')
  writeChain(audit, [sampleEntries.start])
  const options = { named: [], config, environment: { AUDIT_DIRECTORY: audit } }
  t.equal(await journalPlace(options), audit)
})

t.test('the service file is looked for where the command runs', async (t) => {
  const directory = t.testdir({ audit: {} })
  writePolicyFiles(directory, viewerPolicy)
  const audit = join(directory, 'audit')
  writeChain(audit, [sampleEntries.start])
  const before = cwd()
  chdir(directory)
  t.teardown(() => chdir(before))
  const options = { named: [], config: undefined, environment: { AUDIT_DIRECTORY: audit } }
  t.equal(await journalPlace(options), audit)
})

t.test('what keeps it from being found is said, with what to write', async (t) => {
  const directory = t.testdir({ empty: {}, 'bad.yaml': 'version: 1\n', 'worse.yaml': ':\n\t-' })
  const before = cwd()
  chdir(directory)
  t.teardown(() => chdir(before))
  const rows: [readonly string[], string | undefined, RegExp][] = [
    [['a', 'b'], undefined, /name one directory, not 2/],
    [[], undefined, /name the audit directory, or the service file with --config/],
    [['/nowhere'], undefined, /\/nowhere cannot be read \(ENOENT\)/],
    [['empty'], undefined, /empty has no journal/],
    [[], 'none.yaml', /--config none.yaml cannot be read \(ENOENT\)/],
    [[], 'bad.yaml', /the service file cannot be used:\n.*bad.yaml/],
    [[], 'worse.yaml', /the service file cannot be used:\n.*worse.yaml/],
  ]
  for (const [named, config, message] of rows) {
    await t.rejects(journalPlace({ named, config, environment }), { name: 'UsageError', message })
  }
})
