import { hash } from 'node:crypto'
import t from 'tap'
import { createChainCheck } from '../../../src/audit/verify/chain-check.ts'
import { parseLine } from '../../../src/audit/verify/parsed-line.ts'
import { createProblems } from '../../../src/audit/verify/problems.ts'
import { chainOf, newSigner } from '../../support/tampering.ts'

const signer = newSigner()

function lines(count: number): string[] {
  const chain = chainOf(signer)
  for (let entry = 1; entry <= count; entry += 1) chain.entry('start', { entry })
  return chain.lines
}

const [a = '', b = '', c = '', d = '', e = ''] = lines(5)
const edited = (line: string, fields: object) =>
  JSON.stringify({ ...(JSON.parse(line) as object), ...fields })

/** Follows lines, and returns what was said, as `line code`, and how each line stood. */
function follow(given: readonly string[], from?: number) {
  const problems = createProblems()
  const chain = createChainCheck({ problems })
  if (from !== undefined) chain.jumpTo(from - 1)
  const standings = given.map((text, index) => {
    const line = parseLine(Buffer.from(text))
    const place = { segment: 's', line: index + 1, seq: line?.seq, order: index + 1 }
    return chain.follow(line, hash('sha256', text), place)
  })
  const due = chain.due()
  chain.finish()
  const said = problems.list().map(({ line, code }) => `${line} ${code}`)
  return { said, standings, due }
}

void t.test('a chain that holds is followed from its start, and from anywhere', async (t) => {
  t.match(follow([a, b, c]), { said: [], standings: ['next', 'next', 'next'], due: 4 })
  t.match(follow([c, d], 3), { said: [], due: 5 })
  t.match(follow([]), { said: [], due: 1 })
})

const faults: Record<string, readonly [given: string[], said: string[]]> = {
  'an edited line': [[a, edited(b, { x: 1 }), c, d], ['2 changed']],
  'the first line edited': [[edited(a, { x: 1 }), b, c], ['1 changed']],
  'the last line but one edited': [[a, edited(b, { x: 1 }), c], ['2 changed']],
  'two lines edited in a row': [
    [a, edited(b, { x: 1 }), edited(c, { x: 1 }), d, e],
    ['2 changed', '3 changed'],
  ],
  'an edited prev': [
    [a, edited(b, { prev: 'x' }), c, d],
    ['1 changed', '2 changed'],
  ],
  'the first prev edited': [
    [edited(a, { prev: 'x' }), b, c],
    ['1 changed', '1 changed'],
  ],
  'a seq edited upwards': [[a, edited(b, { seq: 9 }), c, d], ['2 wrong_seq']],
  'a seq edited downwards': [[a, b, edited(c, { seq: 1 }), d], ['3 wrong_seq']],
  'seq and prev edited': [[a, edited(b, { seq: 9, prev: 'x' }), c, d], ['2 missing_entries']],
  'seq and prev edited downwards': [
    [a, b, c, edited(d, { seq: 1, prev: 'x' }), e],
    ['4 misplaced'],
  ],
  'a deleted line': [[a, c, d], ['2 missing_entries']],
  'several deleted lines': [[a, d, e], ['2 missing_entries']],
  'the first line deleted': [[b, c], ['1 missing_entries']],
  'a line put in twice': [[a, b, b, c], ['3 duplicate_seq']],
  'an old line put in': [[a, b, c, a, d], ['4 misplaced']],
  'a future line put in': [[a, d, b, c], ['2 missing_entries']],
  'a forged line before the one that is due': [
    [a, edited(b, { x: 1 }), b, c, d],
    ['3 duplicate_seq'],
  ],
  'a forged line behind the one that is due': [
    [a, b, edited(b, { x: 1 }), c, d],
    ['3 duplicate_seq'],
  ],
  'a forged line that follows nothing': [[a, edited(b, { prev: 'x' }), b, c], ['2 inserted']],
  'two lines swapped': [
    [a, c, b, d],
    ['2 missing_entries', '4 missing_entries'],
  ],
  'rubbish for a line': [[a, 'x', c, d], ['2 not_an_entry']],
  'rubbish between lines': [[a, 'x', b, c], ['2 not_an_entry']],
  'rubbish behind an edited line': [
    [edited(a, { x: 1 }), b, 'x', c],
    ['1 changed', '3 not_an_entry'],
  ],
  'an edited line before the last': [
    [a, b, edited(c, { x: 1 }), edited(d, { x: 1 })],
    ['3 changed'],
  ],
}

for (const [name, [given, said]] of Object.entries(faults)) {
  void t.test(`is found where it is, and nothing else is: ${name}`, async (t) => {
    t.strictSame(follow(given).said, said)
  })
}

void t.test('a line that does not count stands aside', async (t) => {
  t.strictSame(follow([a, c, d, b, 'x']).standings, ['next', 'after_gap', 'next', 'aside', 'aside'])
  t.strictSame(follow([a, b, b, c]).standings, ['next', 'next', 'aside', 'next'])
})

void t.test('a jump settles what is open', async (t) => {
  const problems = createProblems()
  const chain = createChainCheck({ problems })
  const given = [edited(a, { x: 1 }), b]
  for (const [index, text] of given.entries()) {
    const place = { segment: 's', line: index + 1, seq: index + 1, order: index + 1 }
    chain.follow(parseLine(Buffer.from(text)), hash('sha256', text), place)
  }
  chain.jumpTo(7)
  t.equal(chain.due(), 8)
  t.match(problems.list(), [{ line: 1, code: 'changed' }])
})

void t.test('a signature for the line before shows that its follower was changed', async (t) => {
  const problems = createProblems()
  const chain = createChainCheck({ problems })
  const given = [a, edited(b, { prev: 'x' }), c]
  for (const [index, text] of given.entries()) {
    const place = { segment: 's', line: index + 1, seq: index + 1, order: index + 1 }
    chain.follow(parseLine(Buffer.from(text)), hash('sha256', text), place)
    chain.vouch()
  }
  chain.finish()
  t.match(problems.list(), [{ line: 2, code: 'changed' }])
  t.equal(problems.count(), 1)
})
