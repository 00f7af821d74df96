import { hash } from 'node:crypto'
import t from 'tap'
import { createJournalPosition } from '../../src/record/journal-position.ts'

const directory = 'audit'
const one = Buffer.from('one')
const digest = hash('sha256', one)
const zeros = '0'.repeat(64)

const at = (after: number, known?: string) =>
  createJournalPosition({ directory, after, digest: known })

t.test('the first line of all is whatever is there, but entry 1 follows nothing', async (t) => {
  t.equal(at(0).faultOf({ seq: 1, prev: zeros }), undefined)
  t.equal(at(0).faultOf({ seq: 41, prev: 'any' }), undefined, 'what came before was removed')
  t.equal(
    at(0).faultOf({ seq: 1, prev: digest }),
    'entry 1 of audit names another line as the one before it',
  )
})

t.test('a line must be the next and name the one before', async (t) => {
  const position = at(6)
  t.same(position.moveTo(one, { seq: 7, prev: zeros }), { seq: 7, line: one, digest })
  t.same(position.last(), { seq: 7, digest })
  const cases = [
    [{ seq: 8, prev: digest }, undefined],
    [{ seq: 8, prev: zeros }, 'entry 8 of audit names another line as the one before it'],
    [{ seq: 9, prev: digest }, 'entry 8 of audit is missing'],
    [{ seq: 12, prev: digest }, 'entries 8 to 11 of audit are missing'],
    [{ seq: 7, prev: zeros }, 'entry 8 of audit is due, but it is 7'],
    [undefined, 'entry 8 of audit is due, but a line is no entry'],
  ] as const
  for (const [place, why] of cases) t.equal(position.faultOf(place), why)
})

t.test('of an entry that was not read itself, only the number counts', async (t) => {
  t.equal(at(6).faultOf({ seq: 7, prev: 'any' }), undefined)
  t.equal(at(6, digest).faultOf({ seq: 7, prev: digest }), undefined)
  t.ok(at(6, digest).faultOf({ seq: 7, prev: zeros }))
})

t.test('what is beyond a limit cannot be hidden or brought forward by its number', async (t) => {
  const position = at(6)
  t.equal(position.isBeyond(6, { seq: 7, prev: zeros }), true)
  t.equal(position.isBeyond(7, { seq: 7, prev: zeros }), false)
  t.equal(
    position.isBeyond(7, { seq: 99_999, prev: zeros }),
    false,
    'it is in the place of entry 7',
  )
  t.equal(position.isBeyond(6, undefined), true)
  t.equal(position.isBeyond(7, undefined), false)
  t.equal(at(0).isBeyond(40, { seq: 41, prev: zeros }), true)
  t.equal(at(0).isBeyond(41, { seq: 41, prev: zeros }), false)
})

t.test('what was read before is passed over', async (t) => {
  const position = at(2, digest)
  t.equal(position.isSearching(), true)
  t.equal(position.passesOver(Buffer.from('zero'), { seq: 1, prev: zeros }), true)
  t.equal(position.passesOver(Buffer.from('no entry'), undefined), true)
  t.equal(position.passesOver(one, { seq: 2, prev: zeros }), true)
  t.equal(position.isSearching(), false)
  t.equal(position.passesOver(Buffer.from('two'), { seq: 3, prev: digest }), false)
  position.moveTo(Buffer.from('two'), { seq: 3, prev: digest })
  position.findAgain()
  t.equal(position.isSearching(), true)
  t.equal(position.passesOver(Buffer.from('three'), { seq: 4, prev: digest }), false)
  t.equal(position.isSearching(), false)
})

t.test('at the beginning nothing was read before', async (t) => {
  const position = at(0)
  t.equal(position.passesOver(one, { seq: 1, prev: zeros }), false)
  position.findAgain()
  t.equal(position.isSearching(), false)
})

t.test('the digest of the line to begin behind is learnt where it was not known', async (t) => {
  const position = at(2)
  t.equal(position.passesOver(one, { seq: 2, prev: zeros }), true)
  t.same(position.last(), { seq: 2, digest })
})

t.test(
  'another line in the place of what was read means that the journal is another',
  async (t) => {
    t.throws(() => at(2, digest).passesOver(Buffer.from('other'), { seq: 2, prev: zeros }), {
      name: 'JournalRewritten',
      message: 'entry 2 of audit is not the one that was read',
    })
  },
)
