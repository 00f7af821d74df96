import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import t from 'tap'
import { entryShape } from '../../src/config/entry-shape.ts'
import { readBack, sampleEntries } from '../support/sample-entries.ts'

const file = new URL('../../config/audit-entry.schema.json', import.meta.url)
const validate = new Ajv2020({ strict: false }).compile(
  JSON.parse(readFileSync(file, 'utf8')) as object,
)

const takes = (entry: object): [boolean, boolean] => [
  entryShape.safeParse(entry).success,
  validate(entry),
]

t.test('every kind of entry is taken, by the shape and by its JSON Schema', async (t) => {
  for (const [name, entry] of Object.entries(sampleEntries)) {
    t.strictSame(takes(readBack(entry)), [true, true], name)
  }
})

t.test('a field that no entry of its kind has is refused', async (t) => {
  for (const [name, entry] of Object.entries(sampleEntries)) {
    t.strictSame(takes({ ...readBack(entry), token: 'x' }), [false, false], name)
  }
})

t.test('an entry without its place in the chain is none', async (t) => {
  for (const field of ['id', 'seq', 'prev', 'time', 'kind', 'replica', 'version']) {
    const entry = Object.entries(readBack(sampleEntries.stop)).filter(([name]) => name !== field)
    t.strictSame(takes(Object.fromEntries(entry)), [false, false], field)
  }
})

t.test('what stands for an entry says why it does', async (t) => {
  const { oversized_bytes: _, ...short } = readBack(sampleEntries.oversized)
  t.strictSame(takes(short), [false, false])
})
