import t from 'tap'
import { keptBytes, keptCopy } from '../../src/wire/kept-copy.ts'

void t.test('what is kept keeps nothing else alive', async (t) => {
  t.equal(keptBytes(10).buffer.byteLength, 10)
  t.equal(keptBytes(100_000).length, 100_000)
  const part = Buffer.from('a part of something larger').subarray(2, 6)
  const copy = keptCopy(part)
  t.same(copy, Buffer.from('part'))
  t.equal(copy.buffer.byteLength, 4)
  part[0] = 0
  t.equal(copy.toString(), 'part')
})
