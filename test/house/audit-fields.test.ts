import { readFileSync } from 'node:fs'
import t from 'tap'

interface Variant {
  readonly properties: Readonly<Record<string, { readonly const?: string }>>
}

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const page = read('docs/audit.md')
const { anyOf: variants } = JSON.parse(read('config/audit-entry.schema.json')) as {
  readonly anyOf: readonly Variant[]
}

/** Fields in the tables below each heading of the third level: the names in the first column. */
const documented = new Map(
  page
    .split(/^(?=##)/m)
    .filter((section) => section.startsWith('### '))
    .map((section) => {
      const title = section.slice(4, section.indexOf('\n'))
      const rows = [...section.matchAll(/^\| (`.*?) \|/gm)].map(([, names = '']) => names)
      return [title, rows.flatMap((names) => [...names.matchAll(/`(\w+)`/g)].map(([, n]) => n))]
    }),
)

const whole = '`completion` of a call with one entry'
const partial = 'Entries that could not be written in full'

function fieldsBelow(title: string): readonly (string | undefined)[] {
  return documented.get(title) ?? []
}

/** The heading below which a variant's own fields are, and others whose fields it has as well. */
function headingsOf({ properties }: Variant): readonly string[] {
  const kind = properties['kind']?.const
  if (kind === undefined) return [partial]
  if ('level' in properties) return [whole, '`decision`', '`completion`']
  return [`\`${kind}\``]
}

t.test('docs/audit.md documents every field of every kind of entry, and no other', async (t) => {
  const headings = new Set(['All entries', ...variants.flatMap(headingsOf)])
  t.strictSame(
    [...documented.keys()].filter((title) => !headings.has(title)),
    [],
    'headings',
  )
  for (const variant of variants) {
    const titles = headingsOf(variant)
    const partialOnes = ['decision_id', 'outcome', 'code', 'oversized_bytes', 'unwritable']
    const known =
      titles[0] === partial
        ? partialOnes.filter((name) => name in variant.properties)
        : titles.flatMap(fieldsBelow)
    const expected = new Set([...fieldsBelow('All entries'), ...known])
    t.strictSame(new Set(Object.keys(variant.properties)), expected, titles.join(' and '))
  }
  t.strictSame(fieldsBelow(partial), ['oversized_bytes', 'unwritable'])
})

t.test('no field is documented twice for one kind', async (t) => {
  for (const [title, fields] of documented) t.equal(new Set(fields).size, fields.length, title)
})
