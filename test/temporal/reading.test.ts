import t from 'tap'
import {
  isSet,
  messageAt,
  messagesAt,
  readMessage,
  textAt,
  type Reading,
} from '../../src/temporal/reading.ts'
import { b, m, p, r, s, shape, v } from '../../src/temporal/shape.ts'
import { MalformedMessage } from '../../src/temporal/wire-reader.ts'

const fields = shape({
  1: s('namespace'),
  2: m('queue', { 1: s('name'), 2: v('kind') }),
  3: r('operations', { 1: m('start', { 1: s('id') }, 'either'), 2: p('update', 'either') }),
  4: v('eager'),
  5: b('token'),
  6: p('callbacks'),
})

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value % 128) + 0x80, ...varint(Math.floor(value / 128))]
}

function field(number: number, ...bytes: readonly number[]): number[] {
  return [...varint(number * 8 + 2), ...varint(bytes.length), ...bytes]
}

const text = (number: number, value: string) => field(number, ...Buffer.from(value))
const number = (field: number, ...bytes: readonly number[]) => [...varint(field * 8), ...bytes]

function read(...parts: readonly (readonly number[])[]): Reading {
  return readMessage(Uint8Array.from(parts.flat()), fields)
}

void t.test('a message is read by its shape, and what is not in it is skipped', async (t) => {
  const reading = read(
    [...varint(99 * 8 + 5), 1, 2, 3, 4],
    text(1, 'payments'),
    text(50, 'who knows'),
    field(2, ...text(1, 'ledger'), ...number(2, 2), ...text(9, 'new here')),
    [...varint(98 * 8 + 1), 1, 2, 3, 4, 5, 6, 7, 8],
    field(3, ...field(1, ...text(1, 'ledger-7'))),
    field(3, ...field(2, 1, 2, 3)),
    field(3),
    number(4, 1),
    field(5, 1, 2),
    field(6),
    field(6),
    number(97, ...varint(2 ** 40)),
  )
  t.equal(textAt(reading, 'namespace'), 'payments')
  t.equal(textAt(reading, 'queue', 'name'), 'ledger')
  t.equal(messageAt(reading, 'queue')?.get('kind'), 2)
  const operations = messagesAt(reading, 'operations')
  t.equal(operations.length, 3)
  t.equal(textAt(operations[0], 'start', 'id'), 'ledger-7')
  t.ok(isSet(operations[1], 'update'))
  t.equal(operations[2]?.size, 0)
  t.ok(isSet(reading, 'eager') && isSet(reading, 'token') && isSet(reading, 'callbacks'))
})

void t.test('nothing was sent, and so nothing is there', async (t) => {
  const reading = read()
  t.equal(reading.size, 0)
  t.equal(textAt(reading, 'namespace'), '')
  t.equal(textAt(reading, 'queue', 'name'), '')
  t.equal(textAt(undefined, 'namespace'), '')
  t.equal(textAt(reading), '')
  t.equal(messageAt(reading, 'queue'), undefined)
  t.strictSame(messagesAt(reading, 'operations'), [])
  t.notOk(isSet(reading, 'eager') || isSet(undefined, 'eager'))
})

void t.test('a field is asked for as what it is, or is not there', async (t) => {
  const reading = read(text(1, 'n'), field(2), field(3), number(4, 0), field(5))
  t.equal(textAt(reading, 'queue'), '')
  t.equal(messageAt(reading, 'namespace', 'name'), undefined)
  t.equal(messageAt(reading, 'operations'), undefined)
  t.strictSame(messagesAt(reading, 'queue'), [])
  t.notOk(isSet(reading, 'eager'), 'false is not set')
  t.notOk(isSet(reading, 'token'), 'empty bytes are not set')
})

void t.test('a field may have a name that every object has', async (t) => {
  const odd = shape({ 1: s('__proto__'), 2: s('constructor') })
  const reading = readMessage(Uint8Array.from(text(1, 'x')), odd)
  t.equal(textAt(reading, '__proto__'), 'x')
  t.equal(textAt(reading, 'constructor'), '')
})

const malformed: readonly [what: string, parts: readonly (readonly number[])[], message: RegExp][] =
  [
    ['a string twice', [text(1, 'a'), text(1, 'b')], /namespace occurs twice/],
    ['the same string twice', [text(1, 'a'), text(1, 'a')], /namespace occurs twice/],
    ['an empty string and another', [text(1, ''), text(1, 'b')], /namespace occurs twice/],
    ['a message twice', [field(2), field(2)], /queue occurs twice/],
    ['a string twice inside', [field(2, ...text(1, 'a'), ...text(1, 'b'))], /name occurs twice/],
    ['a number twice', [number(4, 0), number(4, 1)], /eager occurs twice/],
    ['bytes twice', [field(5), field(5, 1)], /token occurs twice/],
    ['two members of a oneof', [field(3, ...field(1), ...field(2))], /start and update are both/],
    ['two members, the other way', [field(3, ...field(2), ...field(1))], /update and start are/],
    ['a member of a oneof twice', [field(3, ...field(1), ...field(1))], /start occurs twice/],
    ['a string as a number', [number(1, 1)], /namespace has another type/],
    ['a string as 32 bits', [[1 * 8 + 5, 1, 2, 3, 4]], /namespace has another type/],
    ['a message as a group', [[2 * 8 + 3, 2 * 8 + 4]], /queue has another type/],
    ['a number as a string', [text(4, 'x')], /eager has another type/],
    ['bytes as a number', [number(5, 1)], /token has another type/],
    ['a presence as 64 bits', [[6 * 8 + 1, 1, 2, 3, 4, 5, 6, 7, 8]], /callbacks has another type/],
    ['a broken string', [field(1, 0xc3)], /namespace is not valid UTF-8/],
    ['an overlong string', [field(1, 0xc0, 0x80)], /namespace is not valid UTF-8/],
    ['a surrogate in a string', [field(1, 0xed, 0xa0, 0x80)], /namespace is not valid UTF-8/],
    ['a number of 33 bits', [number(4, ...varint(2 ** 32))], /eager is out of range/],
    ['a negative number', [number(4, ...Array.from({ length: 9 }, () => 0xff), 1)], /out of range/],
    ['a long field number', [[0x8a, 0x00, 0x01, 0x61]], /shortest/],
    ['a long length', [[0x0a, 0x81, 0x00, 0x61]], /shortest/],
    ['field number zero', [[0x02, 0x00]], /out of range/],
    ['a group that is not read', [[9 * 8 + 3, 9 * 8 + 4]], /wire type 3/],
    ['an end without a group', [[9 * 8 + 4]], /wire type 4/],
    ['a wire type that is none', [[9 * 8 + 7]], /wire type 7/],
    [
      'an inner message that goes on outside',
      [[2 * 8 + 2, 2, 0x0a, 5], text(1, 'abcde')],
      /cut off/,
    ],
  ]

for (const [what, parts, message] of malformed) {
  void t.test(`${what} is refused, whatever a decoder would make of it`, async (t) => {
    t.throws(() => read(...parts), { name: 'MalformedMessage', message })
  })
}

void t.test('the largest number that is read has 32 bits', async (t) => {
  t.equal(read(number(4, ...varint(2 ** 32 - 1))).get('eager'), 2 ** 32 - 1)
})

void t.test('text is read as it is: no byte order mark is lost, no form is changed', async (t) => {
  for (const value of ['\ufeffpayments', 'e\u0301', 'é', '\0', '😀']) {
    t.equal(textAt(read(text(1, value)), 'namespace'), value)
  }
})

void t.test('what is wrong is told without any of the content', async (t) => {
  try {
    read(text(1, 'secret-a'), text(1, 'secret-b'))
    t.fail('this was read')
  } catch (error) {
    t.notMatch(String(error), /secret/)
  }
})

void t.test('a message that is cut off anywhere but between fields is refused', async (t) => {
  const parts = [text(1, 'payments'), field(2, ...text(1, 'ledger'), ...number(2, 2)), number(4, 1)]
  const bytes = Uint8Array.from([...parts, [...varint(90 * 8 + 5), 1, 2, 3, 4]].flat())
  const ends = new Set([0])
  for (const part of parts) ends.add([...ends].at(-1)! + part.length)
  for (let length = 0; length < bytes.length; length++) {
    const cut = bytes.subarray(0, length)
    if (ends.has(length)) t.doesNotThrow(() => readMessage(cut, fields), `${length}`)
    else t.throws(() => readMessage(cut, fields), MalformedMessage, `${length}`)
  }
})

void t.test('a message of which nothing is read is still checked for its framing', async (t) => {
  const bare = new Map([[1, { name: 'opaque', kind: 'message', repeated: false } as const]])
  t.equal(
    messageAt(readMessage(Uint8Array.from(field(1, ...text(7, 'x'))), bare), 'opaque')?.size,
    0,
  )
  t.throws(() => readMessage(Uint8Array.from(field(1, 0x0a)), bare), MalformedMessage)
})
