import t from 'tap'
import {
  declaredLength,
  hasNoPseudoFields,
  isMessageHead,
  valueOf,
} from '../../src/wire/message-head.ts'

const head = [':method', 'POST', ':scheme', 'http', ':path', '/a.B/C', ':authority', 'a.example']

/** A request's head with one field replaced, or left out. */
function headWith(name: string, value: string | undefined): readonly string[] {
  return head.flatMap((_, at) => {
    if (at % 2 === 1) return []
    const [field = '', was = ''] = head.slice(at, at + 2)
    if (field !== name) return [field, was]
    return value === undefined ? [] : [name, value]
  })
}

const isRequest = (list: readonly string[]) => isMessageHead(list, 'request')
const isResponse = (list: readonly string[]) => isMessageHead(list, 'response')

t.test('a request says its method, scheme and path, in any order', async (t) => {
  t.equal(isRequest(head), true)
  t.equal(isRequest([...head, 'te', 'trailers']), true)
  t.equal(isRequest([':path', '/', ':method', 'GET', ':scheme', 'https']), true)
  for (const name of [':method', ':scheme', ':path']) {
    t.equal(isRequest(headWith(name, undefined)), false, `without ${name}`)
    t.equal(isRequest(headWith(name, '')), false, `with an empty ${name}`)
  }
  t.equal(isRequest(headWith(':authority', undefined)), true)
  t.equal(isRequest([]), false)
})

t.test('a path is absolute, but for the one of OPTIONS', async (t) => {
  t.equal(isRequest(headWith(':path', '*')), true)
  for (const path of ['a', 'http://a.example/', '**', '\\']) {
    t.equal(isRequest(headWith(':path', path)), false, path)
  }
})

t.test('a response says its status, and nothing that a request says', async (t) => {
  t.equal(isResponse([':status', '200']), true)
  t.equal(isResponse([':status', '200', 'a', 'b']), true)
  t.equal(isResponse([':status', '']), false)
  t.equal(isResponse(['a', 'b']), false)
  t.equal(isResponse([':status', '200', ':path', '/']), false)
  t.equal(isResponse([':status', '200', ':status', '200']), false)
  t.equal(isRequest([...head, ':status', '200']), false)
})

t.test(
  'pseudo-header fields are known, come once, and come first: RFC 9113, section 8.3',
  async (t) => {
    t.equal(isRequest([...head, ':protocol', 'websocket']), false, 'unknown')
    t.equal(isRequest([...head, ':path', '/a.B/C']), false, 'twice')
    t.equal(isRequest([...head, 'a', 'b', ':path', '/other']), false, 'twice, and late')
    t.equal(isRequest(['a', 'b', ...head]), false, 'late')
    t.equal(isRequest([...headWith(':path', undefined), 'a', 'b', ':path', '/']), false, 'late')
  },
)

t.test('a value that looks like a name never stands for one', async (t) => {
  t.equal(isRequest([':authority', ':path', ':method', 'GET', ':scheme', 'http']), false)
  t.equal(isRequest([...headWith(':path', undefined), 'a', ':path', '/', 'b']), false)
  t.equal(isResponse(['a', ':status']), false)
})

t.test('trailers have no pseudo-header fields', async (t) => {
  t.equal(hasNoPseudoFields([]), true)
  t.equal(hasNoPseudoFields(['grpc-status', ':0']), true)
  t.equal(hasNoPseudoFields(['grpc-status', '0', ':status', '200']), false)
  t.equal(hasNoPseudoFields([':status', '200', 'a', 'b'], 2), true)
})

t.test('a value is found by its name', async (t) => {
  t.equal(valueOf(head, ':path'), '/a.B/C')
  t.equal(valueOf(head, 'POST'), undefined, 'a value is no name')
  t.equal(valueOf(['a', '1', 'a', '2'], 'a'), '1')
})

t.test('a length is declared once, or the same each time: RFC 9110, section 8.6', async (t) => {
  const length = (...values: readonly string[]) =>
    declaredLength([...head, ...values.flatMap((value) => ['content-length', value])])
  t.equal(length(), -1)
  t.equal(length('0'), 0)
  t.equal(length('17', '17'), 17)
  t.equal(length('17', '18'), undefined)
  for (const value of [
    '',
    '-1',
    '+1',
    '1.0',
    '0x1',
    '1e3',
    '1, 1',
    ' 1',
    '1'.repeat(16),
    '\u00b2',
  ]) {
    t.equal(length(value), undefined, value)
  }
  t.equal(length('9'.repeat(15)), 999_999_999_999_999)
})
