import { createHash } from 'node:crypto'
import t from 'tap'
import { advance, genesis, headOf, verifyChain, type ChainHead } from '../../src/record/chain.ts'

function chainOf(count: number, after: ChainHead = genesis): readonly Buffer[] {
  const lines: Buffer[] = []
  let head = after
  for (let number = 1; number <= count; number += 1) {
    const line = Buffer.from(JSON.stringify({ seq: head.seq + 1, prev: head.digest, number }))
    head = advance(head, line)
    lines.push(line)
  }
  return lines
}

void t.test('the first entry follows 64 zeros', async (t) => {
  t.strictSame(genesis, { seq: 0, digest: '0000000000000000'.repeat(4) })
})

void t.test('a head is the number and the SHA-256 of the bytes of a line', async (t) => {
  const [line] = chainOf(1)
  const digest = createHash('sha256').update(line!).digest('hex')
  t.strictSame(advance(genesis, line!), { seq: 1, digest })
  t.strictSame(headOf(line!), { seq: 1, digest })
})

void t.test('a whole chain holds, from the start and from a known head', async (t) => {
  const lines = chainOf(9)
  const report = await verifyChain(lines)
  t.match(report, { entries: 9, head: { seq: 9 }, fault: undefined })
  const head = headOf(lines[3]!)
  t.match(await verifyChain(lines.slice(4), head), { entries: 5, fault: undefined })
  t.match(await verifyChain([]), { entries: 0, head: genesis, fault: undefined })
})

void t.test('lines may come one by one', async (t) => {
  async function* arriving() {
    yield* chainOf(3)
  }
  t.match(await verifyChain(arriving()), { entries: 3, fault: undefined })
})

const [first, second, third, fourth] = chainOf(4) as [Buffer, Buffer, Buffer, Buffer]
const changed = Buffer.from(second.toString().replace('"number":2', '"number":9'))
const faults: Record<string, readonly [lines: Buffer[], line: number, why: RegExp]> = {
  'a changed entry shows in the next line': [[first, changed, third], 3, /its prev is not/],
  'a removed entry': [[first, third, fourth], 2, /seq is 3 where 2 is due/],
  'a removed beginning': [[second, third], 1, /seq is 2 where 1 is due/],
  'an entry put in': [[first, first, second], 2, /seq is 1 where 2 is due/],
  'entries that changed places': [[first, third, second], 2, /seq is 3 where 2 is due/],
  'another chain from some point': [[first, ...chainOf(2).slice(1), fourth], 3, /seq is 4/],
  'half a line': [[first, second.subarray(0, 20)], 2, /not an entry/],
  'an empty line': [[first, Buffer.alloc(0)], 2, /not an entry/],
  'JSON that is no object': [[first, Buffer.from('null')], 2, /not an entry/],
  'a number for an object': [[first, Buffer.from('7')], 2, /not an entry/],
  'no seq': [[Buffer.from('{"prev":"x"}')], 1, /not an entry/],
  'no prev': [[Buffer.from('{"seq":1}')], 1, /not an entry/],
  'bytes that are no UTF-8': [[Buffer.from([0x22, 0xff, 0x22])], 1, /not an entry/],
}

for (const [name, [lines, line, why]] of Object.entries(faults)) {
  void t.test(`is found, with its line: ${name}`, async (t) => {
    const report = await verifyChain(lines)
    t.match(report, { entries: line - 1, fault: { line, why } })
  })
}

void t.test('what is no entry has no head', async (t) => {
  t.equal(headOf(Buffer.from('{"seq":1,"pre')), undefined)
})
