import t from 'tap'
import {
  isDecision,
  isWholeCall,
  numberOf,
  objectOf,
  textOf,
  textsOf,
  timeOf,
} from '../../src/audit/entry-facts.ts'

t.test('a fact is of its type, or not there', async (t) => {
  const entry = { text: 'a', number: 7, nan: NaN, list: ['a', 1], object: { b: 1 }, none: null }
  const names = [...Object.keys(entry), 'absent']
  t.strictSame(
    names.filter((name) => textOf(entry, name) !== undefined),
    ['text'],
  )
  t.strictSame(
    names.filter((name) => numberOf(entry, name) !== undefined),
    ['number'],
  )
  t.strictSame(
    names.filter((name) => textsOf(entry, name).length > 0),
    ['list'],
  )
  t.strictSame(textsOf(entry, 'list'), ['a'])
  t.strictSame(
    names.filter((name) => Object.keys(objectOf(entry, name)).length > 0),
    ['object'],
  )
})

t.test('a time is milliseconds', async (t) => {
  t.equal(timeOf({ time: '1970-01-01T00:00:01.000Z' }), 1000)
  t.equal(timeOf({ expires: '1970-01-01T00:00:01.000Z' }, 'expires'), 1000)
  t.equal(timeOf({ time: 'soon' }), undefined)
  t.equal(timeOf({}), undefined)
})

t.test('a decision stands alone, or in the completion of a call with one entry', async (t) => {
  const whole = { kind: 'completion', level: 'completion' }
  t.strictSame([{ kind: 'decision' }, whole, { kind: 'completion' }].map(isDecision), [
    true,
    true,
    false,
  ])
  t.strictSame([{ kind: 'decision' }, whole].map(isWholeCall), [false, true])
})
