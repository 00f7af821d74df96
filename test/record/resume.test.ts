import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'
import { advance, genesis, type ChainHead } from '../../src/record/chain.ts'
import { segmentPath } from '../../src/record/directory.ts'
import { resume } from '../../src/record/resume.ts'

const time = '2026-11-23T09:14:02.113Z'
const begunAt = Date.parse(time)

function lineAfter(head: ChainHead): { readonly text: string; readonly head: ChainHead } {
  const line = JSON.stringify({ seq: head.seq + 1, prev: head.digest, time })
  return { text: `${line}\n`, head: advance(head, Buffer.from(line)) }
}

const first = lineAfter(genesis)
const second = lineAfter(first.head)

void t.test('an empty directory begins at the beginning', async (t) => {
  const directory = t.testdir()
  const path = segmentPath(directory, 1)
  const nothing = { sizeBytes: 0, head: genesis, begunAt: undefined, repairedBytes: 0 }
  t.strictSame(await resume(directory), { path, ...nothing })
})

void t.test('goes on in the last segment', async (t) => {
  const directory = t.testdir({
    '000000000001.jsonl': first.text,
    '000000000002.jsonl': second.text,
  })
  t.strictSame(await resume(directory), {
    path: segmentPath(directory, 2),
    sizeBytes: second.text.length,
    head: second.head,
    begunAt,
    repairedBytes: 0,
  })
})

void t.test('cuts off the piece of a line and counts it', async (t) => {
  const directory = t.testdir({ '000000000001.jsonl': `${first.text}{"se` })
  const path = segmentPath(directory, 1)
  const sizeBytes = first.text.length
  const { head } = first
  t.strictSame(await resume(directory), { path, sizeBytes, head, begunAt, repairedBytes: 4 })
  t.equal(readFileSync(path, 'utf8'), first.text)
})

void t.test('goes on in the segment before one that a crash left without a line', async (t) => {
  for (const torn of ['', '{"seq']) {
    const directory = t.testdir({
      '000000000001.jsonl': first.text + second.text,
      '000000000003.jsonl': torn,
    })
    t.match(await resume(directory), {
      path: segmentPath(directory, 1),
      head: second.head,
      repairedBytes: torn.length,
    })
    t.notOk(existsSync(segmentPath(directory, 3)), 'the next one may begin elsewhere')
  }
})

void t.test('a journal that never got beyond half a line begins at the beginning', async (t) => {
  const directory = t.testdir({ '000000000001.jsonl': '{"seq', '000000000002.jsonl': '' })
  const path = segmentPath(directory, 1)
  t.match(await resume(directory), { path, sizeBytes: 0, head: genesis, repairedBytes: 5 })
  t.equal(readFileSync(path, 'utf8'), '')
  t.notOk(existsSync(segmentPath(directory, 2)))
})

void t.test('does not touch a damaged segment', async (t) => {
  const directory = t.testdir({ '000000000001.jsonl': `${first.text}bad\nbad\n` })
  await t.rejects(resume(directory), { message: /damaged/ })
})
