import t from 'tap'
import { bytesOf, JsonBytes } from '../../src/record/json-bytes.ts'
import { quoted } from '../../src/record/json-text.ts'
import { hostileTexts } from '../support/hostile-texts.ts'

const all = (out: JsonBytes) => out.between(0, out.length).toString()

void t.test('what is added stands one after the other', async (t) => {
  const out = new JsonBytes(100)
  out.add(bytesOf('{"é":'))
  out.ascii('short')
  out.ascii('long'.repeat(20))
  out.text('é😀')
  out.quoted('plain')
  t.equal(all(out), `{"é":short${'long'.repeat(20)}é😀"plain"`)
  t.equal(out.between(6, 11).toString(), 'short')
})

void t.test('what was written can be forgotten from a place on', async (t) => {
  const out = new JsonBytes(10)
  out.ascii('one')
  const place = out.length
  out.ascii('two')
  out.cutTo(place)
  out.ascii('three')
  t.equal(all(out), 'onethree')
})

void t.test('a whole number has its digits, from one to all that are safe', async (t) => {
  for (let digits = 0; digits < 16; digits += 1) {
    for (const value of [10 ** digits - 1, 10 ** digits, 2 ** (3 * digits) + digits]) {
      const out = new JsonBytes(1)
      out.integer(value)
      t.equal(all(out), String(value))
    }
  }
  const out = new JsonBytes(0)
  out.integer(Number.MAX_SAFE_INTEGER)
  out.integer(0)
  t.equal(all(out), '90071992547409910')
})

void t.test('a text of any kind is quoted as JSON has it, and harmless', async (t) => {
  for (const text of hostileTexts) {
    const out = new JsonBytes(10_000)
    out.quoted(text)
    t.equal(all(out), quoted(text))
  }
})

void t.test('it grows with whatever is written, from any size and any fill', async (t) => {
  const ways: readonly ((out: JsonBytes, text: string) => void)[] = [
    (out, text) => out.add(bytesOf(text)),
    (out, text) => out.ascii(text),
    (out, text) => out.text(text),
    (out, text) => out.quoted(text),
  ]
  for (const [index, write] of ways.entries()) {
    for (let size = 0; size < 60; size += 1) {
      const out = new JsonBytes(size)
      out.ascii('begin')
      write(out, 'x'.repeat(30))
      write(out, 'yz')
      const expected = index === 3 ? `begin"${'x'.repeat(30)}""yz"` : `begin${'x'.repeat(30)}yz`
      t.equal(all(out), expected, `from ${size} bytes`)
    }
  }
})

void t.test('growing leaves room for three bytes of each character', async (t) => {
  const out = new JsonBytes(5)
  out.quoted('収'.repeat(1000))
  t.equal(all(out), `"${'収'.repeat(1000)}"`)
})
