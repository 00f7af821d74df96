import t from 'tap'
import {
  fieldKey,
  writeField,
  writeList,
  writeNumber,
  writeTenths,
} from '../../src/record/field-bytes.ts'
import { JsonBytes } from '../../src/record/json-bytes.ts'

function written(write: (out: JsonBytes) => void): string {
  const out = new JsonBytes(100)
  write(out)
  return out.between(0, out.length).toString()
}

const key = fieldKey('name')

void t.test('a field has a comma before it, and none is written without a value', async (t) => {
  t.equal(
    written((out) => writeField(out, key, 'a "value"')),
    ',"name":"a \\"value\\""',
  )
  t.equal(
    written((out) => writeField(out, key, '')),
    '',
  )
  t.equal(
    written((out) => writeField(out, key, undefined)),
    '',
  )
})

void t.test('a long value is cut, and says how long it was', async (t) => {
  const long = written((out) => writeField(out, key, 'x'.repeat(1025)))
  t.equal(long, `,"name":"${'x'.repeat(1024)}… (1025 characters)"`)
})

void t.test('a list is written whole, and an empty one as well', async (t) => {
  t.equal(
    written((out) => writeList(out, key, [])),
    ',"name":[]',
  )
  t.equal(
    written((out) => writeList(out, key, ['a'])),
    ',"name":["a"]',
  )
  t.equal(
    written((out) => writeList(out, key, ['a', '', '\u202e'])),
    ',"name":["a","","\\u202e"]',
  )
})

const numbers: readonly number[] = [
  0,
  -0,
  43,
  17.4,
  1e21,
  1e-7,
  -3,
  Number.NaN,
  Infinity,
  -Infinity,
]
for (const number of numbers) {
  void t.test(`the number ${number} is written as JSON writes it`, async (t) => {
    t.equal(
      written((out) => writeNumber(out, key, number)),
      `,"name":${JSON.stringify(number)}`,
    )
  })
}

for (const number of [...numbers, 0.04, 0.05, 9.96, 17, 61_234.56, 2 ** 31 / 10, 3e9 + 0.3, -2.7]) {
  void t.test(`of the number ${number} one decimal is written, as JSON writes it`, async (t) => {
    t.equal(
      written((out) => writeTenths(out, key, number)),
      `,"name":${JSON.stringify(Math.round(number * 10) / 10)}`,
    )
  })
}
