import t from 'tap'
import { cutSegments } from '../../../src/audit/bundle/segment-cuts.ts'
import { segmentName } from '../../support/tampering.ts'

const paths = [1, 10, 20, 30].map((seq) => `/audit/${segmentName(seq)}`)

function end(seq: number, segment: number, begin: number) {
  const written = {
    digest: '',
    segment: segmentName(segment),
    begin,
    end: begin + 5,
    isSigned: false,
  }
  return { seq, prev: '', written }
}

void t.test('the first and last segment are cut, and those between are whole', async (t) => {
  const cuts = cutSegments(paths, { start: end(12, 10, 200), end: end(33, 30, 300) }, () => 900)
  t.strictSame(cuts, [
    { name: segmentName(12), path: paths[1], begin: 200, end: 900 },
    { name: segmentName(20), path: paths[2], begin: 0, end: 900 },
    { name: segmentName(30), path: paths[3], begin: 0, end: 305 },
  ])
})

void t.test('a range may lie in one segment', async (t) => {
  const cuts = cutSegments(paths, { start: end(12, 10, 200), end: end(14, 10, 220) }, () => 900)
  t.strictSame(cuts, [{ name: segmentName(12), path: paths[1], begin: 200, end: 225 }])
})

void t.test('an empty segment is left out', async (t) => {
  const sizeOf = (path: string) => (path === paths[2] ? 0 : 900)
  const cuts = cutSegments(paths, { start: end(1, 1, 0), end: end(33, 30, 300) }, sizeOf)
  t.strictSame(
    cuts.map(({ name }) => name),
    [1, 10, 30].map(segmentName),
  )
})
