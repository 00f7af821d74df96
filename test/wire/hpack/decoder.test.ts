import t from 'tap'
import { HpackDecoder } from '../../../src/wire/hpack/decoder.ts'
import { huffmanEncode } from '../../../src/wire/hpack/huffman.ts'

function createDecoder({ tableBytesMax = 4096, listBytesMax = 65_536 } = {}) {
  const decoder = new HpackDecoder({ tableBytesMax, listBytesMax })
  return { decoder, decode: (hex: string) => decoder.decode(Buffer.from(hex, 'hex')) }
}

/** A string as it stands in a block, without Huffman; up to 16,510 bytes. */
function plain(text: string): string {
  const rest = text.length - 127
  const length = rest < 0 ? [text.length] : [0x7f, (rest & 0x7f) | 0x80, rest >> 7]
  return Buffer.concat([Buffer.from(length), Buffer.from(text, 'latin1')]).toString('hex')
}

/** A field that is put into the table. */
function added(name: string, value: string): string {
  return `40${plain(name)}${plain(value)}`
}

t.test('an empty block is an empty list', async (t) => {
  t.same(createDecoder().decode(''), { list: [], isLegal: true, isTooLarge: false })
})

t.test('a name may come from either table', async (t) => {
  const { decode } = createDecoder()
  t.same(decode(`41${plain('a.example')}`)?.list, [':authority', 'a.example'])
  t.same(decode(`7e${plain('b.example')}`)?.list, [':authority', 'b.example'])
  t.same(decode(`0f2f${plain('c.example')}`)?.list, [':authority', 'c.example'], 'not added')
  t.same(decode(`1f2f${plain('d.example')}`)?.list, [':authority', 'd.example'], 'never added')
  t.same(decode('bebf')?.list, [':authority', 'b.example', ':authority', 'a.example'])
})

t.test('an entry may be named by the very field that pushes it out', async (t) => {
  const { decoder, decode } = createDecoder({ tableBytesMax: 60 })
  decode(added('name', 'x'.repeat(20)))
  t.same(decode(`7e${plain('y'.repeat(20))}`)?.list, ['name', 'y'.repeat(20)])
  t.equal(decoder.tableBytes, 56)
  t.same(decode('be')?.list, ['name', 'y'.repeat(20)])
  t.equal(decode('bf'), undefined, 'the first is gone')
})

t.test('a field larger than the table empties it, and is still there', async (t) => {
  const { decoder, decode } = createDecoder({ tableBytesMax: 60 })
  decode(added('a', '1'))
  t.same(decode(added('name', 'x'.repeat(40)))?.list, ['name', 'x'.repeat(40)])
  t.equal(decoder.tableBytes, 0)
  t.equal(decode('be'), undefined)
})

t.test('changes of size stand at the beginning, within what was promised', async (t) => {
  const { decoder, decode } = createDecoder()
  decode(added('a', '1'))
  t.same(decode('203fe11f82')?.list, [':method', 'GET'], 'to 0 and back to 4096')
  t.equal(decoder.tableBytes, 0)
  t.equal(decode('be'), undefined, 'nothing came back')
  t.equal(createDecoder().decode('3fe21f'), undefined, '4097')
  t.equal(createDecoder().decode('3f'), undefined, 'cut off')
  t.equal(createDecoder().decode('8220'), undefined, 'behind a field')
  t.equal(createDecoder({ tableBytesMax: 0 }).decode('21'), undefined, 'no table at all')
})

t.test('what stands nowhere is no field', async (t) => {
  for (const hex of ['80', 'be', 'ff00', '7e00', '0f2f00', '7fffffffff7f', 'ffffffffff7f', 'ff']) {
    t.equal(createDecoder().decode(hex), undefined, hex)
  }
})

t.test('a literal that is cut off is none', async (t) => {
  const whole = added('name', 'value')
  for (let end = 2; end < whole.length; end += 2) {
    t.equal(createDecoder().decode(whole.slice(0, end)), undefined, whole.slice(0, end))
  }
  t.equal(createDecoder().decode('407f'), undefined, 'a length that is cut off')
  t.equal(createDecoder().decode('407fffffff7f'), undefined, 'a length beyond the block')
})

t.test('a string that is wrongly encoded is none', async (t) => {
  t.equal(createDecoder().decode('4084ffffffff00'), undefined, 'a name')
  t.equal(createDecoder().decode(`40${plain('a')}8100`), undefined, 'a value padded with zeros')
})

t.test('strings of any size are Huffman-decoded', async (t) => {
  const { decode } = createDecoder()
  t.same(decode('00016185ffffe3ffc7')?.list, undefined, 'not a code')
  t.same(decode('000161816c')?.list, undefined, 'wrong padding')
  t.same(decode(`000161ff01${'00'.repeat(128)}`), undefined, 'zeros')
  // Eight times `0` has forty zero bits.
  t.same(decode(`0001618500${'00'.repeat(4)}`)?.list, ['a', '00000000'])
  t.same(decode(`000161ffa900${'00'.repeat(39)}`), undefined, 'shorter than it says')
  t.same(decode(`000161ff29${'00'.repeat(168)}`), undefined, 'bits left over')
  t.same(decode(`000161ff2b${'00'.repeat(170)}`)?.list, ['a', '0'.repeat(272)])
  t.same(decode(`0001618500${'00'.repeat(4)}`)?.list, ['a', '00000000'], 'less again')
})

t.test('bytes beyond ASCII come through as they are', async (t) => {
  t.same(createDecoder().decode(added('a', '\u00fc\u00ff'))?.list, ['a', '\u00fc\u00ff'])
})

t.test('what HTTP does not allow is said of the block, each time the field comes', async (t) => {
  const { decode } = createDecoder()
  t.match(decode(added('Capital', 'a')), { list: ['Capital', 'a'], isLegal: false })
  t.equal(decode('82')?.isLegal, true, 'the next block is judged on its own')
  t.equal(decode('82be')?.isLegal, false, 'from the table')
  t.equal(decode(`7e${plain('fine')}`)?.isLegal, false, 'the name alone')
  t.equal(decode(added('a', ' blank'))?.isLegal, false)
  t.equal(decode(`7e${plain('fine')}`)?.isLegal, true, 'a good name with a bad value before')
  t.equal(decode('be')?.isLegal, true)
  t.equal(decode('bf')?.isLegal, false)
  t.equal(decode(added('te', 'gzip'))?.isLegal, false)
  t.equal(decode(`7e${plain('trailers')}`)?.isLegal, true)
})

t.test('transfer-encoding is not allowed, though the static table has it', async (t) => {
  t.equal(createDecoder().decode('b9')?.isLegal, false, 'the field')
  t.equal(createDecoder().decode(`79${plain('chunked')}`)?.isLegal, false, 'its name')
  t.equal(createDecoder().decode(`0f2a${plain('chunked')}`)?.isLegal, false, 'its name, not added')
})

t.test('a list that is too large ends where it became so', async (t) => {
  const { decoder, decode } = createDecoder({ listBytesMax: 100 })
  t.match(decode(`${added('a', '1')}${added('b', '2')}`), { isTooLarge: false })
  const block = decode(`bebebe${added('c', '3')}`)
  t.same(block, { list: ['b', '2', 'b', '2'], isLegal: true, isTooLarge: true })
  t.same(decode('be')?.list, ['c', '3'], 'the table has what came behind the end')
  t.equal(decoder.tableBytes, 102)
})

t.test('a small block that stands for an enormous list costs little', async (t) => {
  const { decoder, decode } = createDecoder()
  const name = 'n'.repeat(4060)
  decode(added(name, ''))
  // A byte each: the field; its name with no value, which is put into the table; and the same, not put.
  for (const unit of ['be', '7e00', '0f2f00']) {
    const block = Buffer.from(unit.repeat(65_536 / (unit.length / 2)), 'hex')
    const decoded = decoder.decode(block)
    t.equal(decoded?.isTooLarge, true)
    t.same(
      decoded?.list,
      Array.from({ length: 32 }, (_, at) => (at % 2 === 0 ? name : '')),
    )
    t.equal(decoder.tableBytes, 4092)
  }
})

t.test('names of the table are not looked through again', async (t) => {
  // Timed against itself, so that a slow machine makes no difference: a name of 4060 bytes may not cost
  // much more than one of four. Looking through it takes a hundred times as long.
  const spent = [4, 4060].map((length) => {
    const { decoder, decode } = createDecoder()
    decode(added('n'.repeat(length), ''))
    const block = Buffer.from('0f2f00'.repeat(20_000), 'hex')
    const times = Array.from({ length: 15 }, () => {
      const start = performance.now()
      decoder.decode(block)
      return performance.now() - start
    })
    return Math.min(...times)
  })
  t.ok((spent[1] ?? Infinity) < (spent[0] ?? 0) * 20, `${spent.join(' and ')} ms`)
})

t.test(
  'a literal that is never indexed is told from one that is not: RFC 7541, section 6.2.3',
  async (t) => {
    const { decode } = createDecoder()
    const name = plain('x-key')
    const never = decode(`10${name}${plain('k')}00${plain('b')}${plain('1')}`)?.list
    t.same([...(never ?? [])], ['x-key', 'k', 'b', '1'])
    t.same(never?.neverIndexed, new Set(['x-key']))
    t.same(decode(`1f08${plain('secret')}`)?.list.neverIndexed, new Set(['authorization']))
    for (const other of [`00${name}${plain('k')}`, `40${name}${plain('k')}`, '82']) {
      t.equal(decode(other)?.list.neverIndexed, undefined)
    }
  },
)

/** A string as it stands in a block, Huffman-encoded; up to 16,510 bytes. */
function huffman(text: string): string {
  const into = Buffer.alloc(text.length * 4)
  const end = huffmanEncode(text, into, 0)
  const rest = end - 127
  const length = rest < 0 ? [0x80 | end] : [0xff, (rest & 0x7f) | 0x80, rest >> 7]
  return Buffer.concat([Buffer.from(length), into.subarray(0, end)]).toString('hex')
}

const token = 'eyJhbGciOiJSUzI1NiJ9.'.repeat(80)

for (const [name, string] of Object.entries({ plain, huffman })) {
  t.test(`a long literal, ${name}, comes out right however often it comes`, async (t) => {
    const { decode } = createDecoder()
    const other = token.replace(/.$/, 'x')
    for (const text of [token, token, other, token, token.slice(1)]) {
      t.same(decode(`1f08${string(text)}`), {
        list: ['authorization', text],
        isLegal: true,
        isTooLarge: false,
      })
    }
  })
}

t.test('what is the same text is not the same bytes, and the other way round', async (t) => {
  const { decode } = createDecoder()
  // Plain, these bytes are another text than the one that they are Huffman's code of.
  const code = Buffer.from(huffman(token), 'hex').subarray(3).toString('latin1')
  for (const [sent, text] of [
    [huffman(token), token],
    [plain(code), code],
    [plain(token), token],
  ] as const) {
    t.equal(decode(`1f08${sent}`)?.list[1], text)
  }
})

t.test('a long literal is as illegal the second time, under any name', async (t) => {
  const { decode } = createDecoder()
  const illegal = `${token}\n`
  for (const name of ['authorization', 'x', 'authorization']) {
    t.equal(decode(`10${plain(name)}${plain(illegal)}`)?.isLegal, false)
  }
  t.equal(decode(`10${plain('x')}${plain(token)}`)?.isLegal, true)
  t.equal(decode(`10${plain('te')}${plain(token)}`)?.isLegal, false, 'te has a rule of its own')
  t.equal(decode(`10${plain('X')}${plain(token)}`)?.isLegal, false, 'nor is a name legal for it')
  t.equal(decode(`10${plain('x')}${plain(token)}`)?.isLegal, true)
})

t.test('a long literal that cannot be decoded is none the second time either', async (t) => {
  const { decode } = createDecoder()
  const broken = `7f${'ff'.repeat(200)}`
  t.equal(decode(`1f08ff49${broken}`), undefined)
  t.equal(decode(`1f08ff49${broken}`), undefined)
})

t.test('what was remembered does not change with the bytes that it came in', async (t) => {
  const { decoder } = createDecoder()
  const block = Buffer.from(`1f08${plain(token)}`, 'hex')
  t.equal(decoder.decode(block)?.list[1], token)
  block.fill('a', 10, 20)
  t.not(decoder.decode(block)?.list[1], token)
})
