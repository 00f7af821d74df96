import t from 'tap'
import { huffmanDecode, huffmanEncode, huffmanLength } from '../../../src/wire/hpack/huffman.ts'
import { createRandom } from '../../support/random.ts'

function encoded(text: string): Buffer {
  const into = Buffer.alloc(text.length * 4 + 1)
  return into.subarray(0, huffmanEncode(text, into, 0))
}

/** The text, or undefined where the bytes are none. */
function decoded(bytes: Uint8Array): string | undefined {
  const into = Buffer.alloc(Math.ceil((bytes.length * 8) / 5))
  const length = huffmanDecode(bytes, 0, bytes.length, into)
  return length < 0 ? undefined : into.toString('latin1', 0, length)
}

/** Bytes of bits, written as zeros and ones. */
function bits(text: string): Buffer {
  const padded = text.padEnd(Math.ceil(text.length / 8) * 8, '1')
  return Buffer.from(padded.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? [])
}

t.test('the strings of RFC 7541, appendix C, come out both ways', async (t) => {
  const examples = {
    'www.example.com': 'f1e3c2e5f23a6ba0ab90f4ff',
    'no-cache': 'a8eb10649cbf',
    'custom-value': '25a849e95bb8e8b4bf',
    '302': '6402',
    'Mon, 21 Oct 2013 20:13:21 GMT': 'd07abe941054d444a8200595040b8166e082a62d1bff',
    'https://www.example.com': '9d29ad171863c78f0b97c8e9ae82ae43d3',
  }
  for (const [text, hex] of Object.entries(examples)) {
    t.equal(encoded(text).toString('hex'), hex, text)
    t.equal(huffmanLength(text), hex.length / 2)
    t.equal(decoded(Buffer.from(hex, 'hex')), text)
  }
})

t.test('codes are those of RFC 7541, appendix B', async (t) => {
  const codes = {
    '0': '00000',
    ' ': '010100',
    ':': '1011100',
    '&': '11111000',
    '!': '1111111000',
    '|': '11111111100',
    '\\': '1111111111111110000',
    '\n': '111111111111111111111111111100',
    '\u00f9': '1111111111111111111111111110',
  }
  for (const [text, code] of Object.entries(codes)) t.same(encoded(text), bits(code), text)
})

t.test('every byte, in every place of a byte, reads as it was written', async (t) => {
  for (let byte = 0; byte < 256; byte++) {
    for (let before = 0; before < 8; before++) {
      const text = `${'0'.repeat(before)}${String.fromCharCode(byte)}0`
      if (decoded(encoded(text)) !== text) t.fail(`byte ${byte} behind ${before}`)
      if (huffmanLength(text) !== encoded(text).length) t.fail(`length of ${byte}`)
    }
  }
})

t.test('texts of every length read as they were written', async (t) => {
  const random = createRandom(7541)
  for (let length = 0; length < 500; length++) {
    const text = Array.from({ length }, () => String.fromCharCode(random.below(256))).join('')
    if (decoded(encoded(text)) !== text) t.fail(`length ${length}`)
  }
})

t.test('no text is longer than eight fifths of its code', async (t) => {
  t.equal(encoded('0'.repeat(800)).length, 500)
  t.equal(decoded(encoded('0'.repeat(800))), '0'.repeat(800))
})

t.test('padding is up to seven ones, RFC 7541, section 5.2', async (t) => {
  t.equal(decoded(bits('00000111')), '0')
  t.equal(decoded(bits('00000110')), undefined, 'not ones')
  t.equal(decoded(bits('00000000')), undefined, 'zeros')
  t.equal(decoded(bits('1111100011111111')), undefined, 'eight bits')
  t.equal(decoded(bits('11111111')), undefined, 'nothing but padding')
  t.equal(decoded(bits('0000011111111111')), undefined, 'a byte too many')
  t.equal(decoded(Buffer.alloc(0)), '')
})

t.test('the end of a string never stands in one', async (t) => {
  const end = '1'.repeat(30)
  for (let before = 0; before < 8; before++) {
    t.equal(decoded(bits('00000'.repeat(before) + end)), undefined)
    t.equal(decoded(bits(`${'00000'.repeat(before)}${end}00000`)), undefined)
  }
  t.equal(decoded(Buffer.alloc(1000, 0xff)), undefined)
})

t.test('each string of two bytes is one text or none', async (t) => {
  let texts = 0
  for (let value = 0; value < 65_536; value++) {
    const bytes = Buffer.from([value >> 8, value & 0xff])
    const text = decoded(bytes)
    if (text === undefined) continue
    texts++
    if (!encoded(text).equals(bytes)) t.fail(`${value} is not how ${text} is written`)
  }
  t.ok(texts > 1000)
})

t.test('only a part of the bytes is read', async (t) => {
  const into = Buffer.alloc(16)
  const bytes = Buffer.from('ff6402ff', 'hex')
  t.equal(huffmanDecode(bytes, 1, 3, into), 3)
  t.equal(into.toString('latin1', 0, 3), '302')
  t.equal(huffmanEncode('302', into, 5), 7)
})

t.test('of a character beyond one byte the lower byte counts, as for latin1', async (t) => {
  t.same(encoded('a\u0162c'), encoded('abc'))
  t.equal(huffmanLength('\u0130'), 1)
})
