import t from 'tap'
import { b, m, p, r, s, shape, v } from '../../src/temporal/shape.ts'

void t.test('a shape finds fields by their number', async (t) => {
  const fields = shape({ 1: s('namespace'), 536870911: v('last') })
  t.equal(fields.get(1)?.name, 'namespace')
  t.equal(fields.get(536_870_911)?.name, 'last')
  t.equal(fields.get(2), undefined)
})

void t.test('each kind of field has a letter', async (t) => {
  t.strictSame(s('a'), { name: 'a', kind: 'string', repeated: false })
  t.strictSame(v('a'), { name: 'a', kind: 'varint', repeated: false })
  t.strictSame(b('a'), { name: 'a', kind: 'bytes', repeated: false })
  t.strictSame(p('a'), { name: 'a', kind: 'presence', repeated: true })
  const inner = shape({ 1: s('name') })
  t.strictSame(m('a', { 1: s('name') }), {
    name: 'a',
    kind: 'message',
    repeated: false,
    shape: inner,
  })
  t.strictSame(r('a', { 1: s('name') }), {
    name: 'a',
    kind: 'message',
    repeated: true,
    shape: inner,
  })
})

void t.test('a member of a oneof says of which', async (t) => {
  for (const field of [s('a', 'x'), v('a', 'x'), b('a', 'x'), p('a', 'x'), m('a', {}, 'x')]) {
    t.equal(field.oneof, 'x')
  }
})
