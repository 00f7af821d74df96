import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { writeJournalOfCalls } from '../../../scripts/journal-of-calls.ts'
import { segmentPath } from '../../../src/record/directory.ts'
import { verifyForReview } from '../../../src/review/search/verify-result.ts'

const signal = new AbortController().signal

void t.test(
  'a journal as it was written has nothing wrong, and what is not proven is said',
  async (t) => {
    const directory = t.testdir()
    const { entries } = writeJournalOfCalls({ directory, calls: 50 })
    const result = await verifyForReview({ directory, witnessFiles: [], signal })
    t.match(result, { ok: true, entries, problems: [] })
    t.ok(result.checkpoints > 0)
    t.ok(result.durationMs > 0)
    t.match(result.notes?.join(), /which were kept elsewhere|elsewhere|published/)
  },
)

void t.test('problems say where they are', async (t) => {
  const directory = t.testdir()
  writeJournalOfCalls({ directory, calls: 20 })
  const path = segmentPath(directory, 1)
  const lines = readFileSync(path, 'utf8').split('\n')
  lines[4] = String(lines[4]).replace('"version":"0', '"version":"1')
  writeFileSync(path, lines.join('\n'))
  const { ok, problems } = await verifyForReview({ directory, witnessFiles: [], signal })
  t.equal(ok, false)
  t.match(problems[0], /^000000000001\.jsonl:[56] \(entry [56]\): /)
  writeFileSync(path, `somebody was here\n${lines.join('\n')}`)
  const worse = await verifyForReview({ directory, witnessFiles: [], signal })
  t.match(worse.problems[0], /^000000000001\.jsonl:1: /)
})

void t.test('what witnesses keep must fit; a witness that has nothing yet is none', async (t) => {
  const directory = `${t.testdir()}/audit`
  const { entries } = writeJournalOfCalls({ directory, calls: 20 })
  const path = segmentPath(directory, 1)
  const text = readFileSync(path, 'utf8')
  const notes = text
    .split('\n')
    .filter((line) => line.includes('"kind":"checkpoint"'))
    .map((line) => (JSON.parse(line) as { note: string }).note)
  const witness = `${t.testdirName}/witness`
  writeFileSync(witness, String(notes.at(-1)))
  const witnessFiles = [witness, `${t.testdirName}/missing`]
  t.match(await verifyForReview({ directory, witnessFiles, signal }), { ok: true, entries })
  writeFileSync(path, text.split('\n').slice(0, -4).join('\n').concat('\n'))
  const cut = await verifyForReview({ directory, witnessFiles, signal })
  t.equal(cut.ok, false)
  t.match(cut.problems.join('\n'), /^witness:\d+.*cut off/m)
})

void t.test('rejects where files cannot be read, and when it is to end', async (t) => {
  const directory = t.testdir()
  writeJournalOfCalls({ directory, calls: 20 })
  mkdirSync(`${directory}/folder`)
  const witnessFiles = [`${directory}/folder`]
  await t.rejects(verifyForReview({ directory, witnessFiles, signal }), { code: 'EISDIR' })
  const ended = AbortSignal.abort(new Error('closed'))
  await t.rejects(verifyForReview({ directory, witnessFiles: [], signal: ended }), /closed/)
})
