import t from 'tap'
import {
  addField,
  copyOf,
  fieldAt,
  markNeverIndexed,
  type FieldList,
} from '../../src/wire/field-list.ts'

t.test('fields are names and values in turn', async (t) => {
  const list: string[] = []
  addField(list, ['a', '1'])
  addField(list, ['b', '2'])
  t.strictSame(list, ['a', '1', 'b', '2'])
  t.strictSame(fieldAt(list, 2), ['b', '2'])
  t.notOk('neverIndexed' in list, 'which hardly any list has costs the others nothing')
})

t.test('a field that no table may hold keeps that from list to list', async (t) => {
  const list: string[] = ['a', '1', 'a', '2', 'b', '3']
  markNeverIndexed(list, 'a')
  const copy: FieldList & string[] = []
  for (let at = 0; at < list.length; at += 2) addField(copy, fieldAt(list, at))
  t.strictSame([...copy], [...list])
  t.strictSame(copy.neverIndexed, new Set(['a']))
  t.strictSame(fieldAt(copy, 2), ['a', '2', true])
  t.strictSame(fieldAt(copy, 4), ['b', '3'])
})

t.test('a copy can be added to, and the list stays as it was', async (t) => {
  const list: string[] = ['a', '1']
  const plain = copyOf(list)
  plain.push('b', '2')
  t.strictSame(
    [list, plain],
    [
      ['a', '1'],
      ['a', '1', 'b', '2'],
    ],
  )
  t.notOk('neverIndexed' in plain)
  markNeverIndexed(list, 'a')
  const marked = copyOf(list)
  markNeverIndexed(marked, 'b')
  t.strictSame(fieldAt(marked, 0), ['a', '1', true])
  t.strictSame((list as FieldList).neverIndexed, new Set(['a']))
})
