import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { check } from '../../src/commands/check.ts'
import { test } from '../../src/commands/test.ts'
import { recordTerminal } from '../support/recorded-terminal.ts'

const config = new URL('../../config/', import.meta.url).pathname
const recipes = readdirSync(join(config, 'recipes')).map((name) => join(config, 'recipes', name))

const service = join(t.testdir(), 'sallyport.yaml')
writeFileSync(
  service,
  `version: 1
listen: { address: "127.0.0.1:7443", plaintext: true }
upstream: { address: "127.0.0.1:7233", plaintext: true }
issuers: { gitlab: { kind: gitlab, url: "https://gitlab.com", audience: sallyport } }
policy: policy.yaml
audit: { directory: audit }
`,
)

t.test('there are ten recipes', async (t) => {
  t.equal(recipes.length, 10)
})

for (const directory of [config, ...recipes]) {
  t.test(
    `${directory.slice(config.length) || 'the demo'} is sound, and does what it says`,
    async (t) => {
      const args = ['--config', service, '--policy', join(directory, 'policy.yaml'), '--json']
      const checked = recordTerminal()
      t.equal(await check(args, checked.terminal), 0)
      t.match(JSON.parse(checked.out.join('')), { ok: true, problems: [] }, 'not even a warning')
      const tested = recordTerminal()
      t.equal(
        await test([...args, '--require-coverage'], tested.terminal),
        0,
        tested.err.join('\n'),
      )
      const { tests } = JSON.parse(tested.out.join(''))
      const outcomes = new Set<string>(tests.map(({ outcome }: { outcome: string }) => outcome))
      t.strictSame(outcomes, new Set(['allowed', 'refused']))
      const identities = new Set<string>(
        tests.map(({ identity }: { identity: string }) => identity),
      )
      for (const attack of ['fork', 'tag-called-main', 'stranger', 'agent']) {
        t.ok(identities.has(attack), `it is asked about ${attack}`)
      }
    },
  )
}

t.test('every recipe says when to use it and what it does not protect against', async (t) => {
  for (const directory of recipes) {
    const text = readFileSync(join(directory, 'policy.yaml'), 'utf8')
    t.match(text, /^# yaml-language-server: .*\n#\n# When: (.*\n)+#\n# Not protected against: /)
  }
})
