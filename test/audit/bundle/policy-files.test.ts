import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { matchPolicies } from '../../../src/audit/bundle/policy-files.ts'

void t.test('files are found by their hash', async (t) => {
  const [one, two] = [join(t.testdir(), 'one.yaml'), join(t.testdir(), 'two.yaml')]
  writeFileSync(one, 'version: 1\n')
  writeFileSync(two, 'version: 2\n')
  const digest = createHash('sha256').update('version: 1\n').digest('hex')
  const found = matchPolicies([`sha256:${digest}`, 'sha256:other'], [one, two])
  t.match(found, {
    policies: [
      {
        hash: `sha256:${digest}`,
        file: `policies/${digest}.yaml`,
        bytes: Buffer.from('version: 1\n'),
      },
      { hash: 'sha256:other', file: undefined, bytes: undefined },
    ],
    unused: [two],
  })
  t.throws(() => matchPolicies([], ['/nowhere']), { code: 'ENOENT' })
})
