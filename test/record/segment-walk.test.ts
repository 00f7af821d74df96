import { mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { segmentPath } from '../../src/record/directory.ts'
import { openSegmentReader } from '../../src/record/segment-reader.ts'
import { createSegmentWalk, firstSeqOf, segmentHolding } from '../../src/record/segment-walk.ts'

function begun(t: Test, ...firstSeqs: number[]) {
  const content = firstSeqs.map((seq) => [`${String(seq).padStart(12, '0')}.jsonl`, `${seq}\n`])
  const directory = t.testdir(Object.fromEntries(content))
  const walk = createSegmentWalk(directory)
  t.teardown(walk.close)
  const at = () => walk.current() && firstSeqOf(walk.current()?.path ?? '')
  return { ...walk, directory, at }
}

t.test('an entry is in the last segment that does not begin after it', async (t) => {
  const paths = [5, 10, 15].map((seq) => segmentPath('audit', seq))
  const cases = [
    [1, 5],
    [5, 5],
    [9, 5],
    [10, 10],
    [99, 15],
  ]
  for (const [seq = 0, first = 0] of cases) {
    t.equal(segmentHolding(paths, seq), segmentPath('audit', first), `entry ${seq}`)
  }
  t.equal(segmentHolding([], 1), undefined)
  t.equal(firstSeqOf(segmentPath('/a/b', 4711)), 4711)
})

t.test('goes from one segment to the next, and stays at the last', async (t) => {
  const { openHolding, openNext, at } = begun(t, 1, 4, 9)
  t.equal(at(), undefined)
  t.equal(await openHolding(2), true)
  t.equal(at(), 1)
  t.equal(await openNext(4), 'opened')
  t.equal(at(), 4)
  t.equal(await openNext(8), 'announced', 'entry 8 may have been added to the segment before')
  t.equal(at(), 4)
  t.equal(await openNext(8), 'opened', 'it is not there')
  t.equal(await openNext(10), 'none')
  t.equal(at(), 9)
})

t.test('without a segment there is nothing to open', async (t) => {
  const { openHolding, openNext, current } = begun(t)
  t.equal(await openHolding(1), false)
  t.equal(await openNext(1), 'none')
  t.equal(current(), undefined)
})

t.test('the first is next while none is open', async (t) => {
  const { openNext, at } = begun(t, 4)
  t.equal(await openNext(4), 'opened')
  t.equal(at(), 4)
})

t.test('a segment that is removed before it could be opened is not missed', async (t) => {
  const { directory } = begun(t, 1, 4)
  const walk = createSegmentWalk(directory, async (path) => {
    if (firstSeqOf(path) === 1) rmSync(path)
    return openSegmentReader(path)
  })
  t.equal(await walk.openHolding(2), true)
  t.equal(walk.current()?.path, segmentPath(directory, 4))
  await walk.close()
  const emptied = createSegmentWalk(directory, async (path) => {
    rmSync(path)
    return openSegmentReader(path)
  })
  t.equal(await emptied.openNext(4), 'none')
  t.equal(await emptied.openHolding(4), false)
})

t.test('a segment that cannot be read is an error', async (t) => {
  const { directory, openHolding } = begun(t)
  const path = segmentPath(directory, 1)
  symlinkSync('nowhere', path)
  await t.rejects(openHolding(1), { code: 'ENOENT' })
  rmSync(path)
  mkdirSync(join(directory, 'a-directory'))
  symlinkSync(path, path)
  await t.rejects(openHolding(1), { code: 'ELOOP' })
})
