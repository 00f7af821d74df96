import t from 'tap'
import { withoutPadding } from '../../src/wire/padding.ts'

const padded = 0x8

function cut(flags: number, hex: string): string | undefined {
  return withoutPadding(flags, Buffer.from(hex, 'hex'))?.toString('hex')
}

t.test('a payload without the flag is left as it is', async (t) => {
  t.equal(cut(0, '0211220000'), '0211220000')
  t.equal(cut(0x1 | 0x4 | 0x20, ''), '')
})

t.test('padding is taken off', async (t) => {
  t.equal(cut(padded, '0211220000'), '1122')
  t.equal(cut(padded | 0x1, '001122'), '1122')
  t.equal(cut(padded, '020000'), '', 'nothing but padding')
  t.equal(cut(padded, '00'), '')
})

t.test('more padding than payload is an error: RFC 9113, section 6.1', async (t) => {
  t.equal(cut(padded, ''), undefined, 'not even a length')
  t.equal(cut(padded, '01'), undefined)
  t.equal(cut(padded, '030000'), undefined)
  t.equal(cut(padded, 'ff1122'), undefined)
})
