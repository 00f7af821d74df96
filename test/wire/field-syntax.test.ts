import t from 'tap'
import { isLegalName, isLegalValue } from '../../src/wire/field-syntax.ts'

const bytes = Array.from({ length: 256 }, (_, byte) => byte)

t.test('a name has the characters of a token, without capitals', async (t) => {
  const allowed = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
  const legal = bytes
    .map((byte) => String.fromCharCode(byte))
    .filter((one) => isLegalName(`a${one}`))
  t.equal(legal.join(''), allowed.split('').toSorted().join(''))
  t.equal(isLegalName('grpc-status-details-bin'), true)
  t.equal(isLegalName('\u0161'), false, 'beyond one byte')
})

t.test('a colon comes first or not at all', async (t) => {
  t.equal(isLegalName(':method'), true)
  for (const name of ['', ':', '::method', 'me:thod', 'method:'])
    t.equal(isLegalName(name), false, name)
})

t.test('fields that speak of one connection have no place: RFC 9113, section 8.2.2', async (t) => {
  for (const name of [
    'connection',
    'keep-alive',
    'proxy-connection',
    'transfer-encoding',
    'upgrade',
  ]) {
    t.equal(isLegalName(name), false, name)
  }
  t.equal(isLegalName('proxy-authorization'), true)
})

t.test('a value has no controls but tabs within', async (t) => {
  const legal = bytes.filter((byte) => isLegalValue('a', `x${String.fromCharCode(byte)}x`))
  t.same(
    legal,
    bytes.filter((byte) => byte === 9 || (byte >= 0x20 && byte !== 0x7f)),
  )
  t.equal(isLegalValue('a', 'x\u0161x'), false, 'beyond one byte')
})

t.test('a value neither begins nor ends with a blank', async (t) => {
  for (const value of [' a', 'a ', '\ta', 'a\t', ' ', '\t'])
    t.equal(isLegalValue('a', value), false)
  for (const value of ['', 'a', 'a b', 'a\tb']) t.equal(isLegalValue('a', value), true)
})

t.test('te says nothing but trailers', async (t) => {
  t.equal(isLegalValue('te', 'trailers'), true)
  for (const value of ['', 'gzip', 'trailers, gzip', 'Trailers'])
    t.equal(isLegalValue('te', value), false)
  t.equal(isLegalValue('tea', 'gzip'), true)
})
