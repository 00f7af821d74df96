import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { entryName, findEntry, linesOf } from '../../../src/audit/show/find-entry.ts'
import type { RecordedEntry } from '../../../src/core/recorded-call.ts'
import { writeChain, type ChainedEntry } from '../../support/chained-entries.ts'
import { sampleEntries as samples } from '../../support/sample-entries.ts'

t.test('a name is a decision, an id or a number', async (t) => {
  t.strictSame(entryName('d-7KQ2'), { kind: 'decision', id: 'd-7KQ2' })
  t.strictSame(entryName('01JD0000000000000000000003'), {
    kind: 'id',
    id: '01JD0000000000000000000003',
  })
  t.strictSame(entryName('4812'), { kind: 'seq', seq: 4812 })
  for (const text of ['', '0', 'd-', 'd-a b', '-1', '1.5', './audit', '9'.repeat(16)]) {
    t.equal(entryName(text), undefined, text)
  }
})

const { start, identity, allowed, refused, completed, wholeCall, checkpoint, stop } = samples

async function find(directory: string, text: string) {
  const name = entryName(text)
  if (name === undefined) throw new Error(`${text} is no name`)
  const faults: string[] = []
  const found = await findEntry(name, { directory, onFault: (fault) => faults.push(fault) })
  return { found, faults }
}

/** A journal with two tokens' identities, a call between them, and a checkpoint over it all. */
function journal(directory: string, perSegment = 3): readonly ChainedEntry[] {
  const entries: RecordedEntry[] = [
    start,
    { ...identity, subject: 'first' },
    { ...identity, subject: 'second' },
    { ...allowed, detail: 'd-8Kq2' },
    refused,
    { ...checkpoint, size: 5 },
    { ...completed, seq: 0 },
    { ...identity, subject: 'third' },
    wholeCall,
    { ...checkpoint, size: 9 },
    stop,
  ]
  return writeChain(directory, entries, { perSegment })
}

t.test('a call is found with its identity, its end and the checkpoint over both', async (t) => {
  const directory = t.testdir()
  const written = journal(directory)
  for (const text of ['d-7Kq2', '4', written[3]?.id ?? '', '7', written[6]?.id ?? '']) {
    const { found, faults } = await find(directory, text)
    t.match(found, {
      found: { seq: 4, digest: written[3]?.digest },
      call: {
        decision: { seq: 4 },
        completion: { seq: 7 },
        identity: { seq: 3, entry: { subject: 'second' } },
      },
      checkpoint: { seq: 10 },
    })
    t.strictSame(faults, [])
  }
})

t.test('a refused call has no end, and a call with one entry is its own', async (t) => {
  const directory = t.testdir()
  journal(directory)
  const { found } = await find(directory, 'd-8Kq2')
  t.match(found, { call: { decision: { seq: 5 }, completion: undefined }, checkpoint: { seq: 6 } })
  t.match((await find(directory, 'd-bKq2')).found, {
    call: { decision: { seq: 9 }, completion: { seq: 9 }, identity: { seq: 8 } },
    checkpoint: { seq: 10 },
  })
})

t.test('what is about no call is found alone', async (t) => {
  const directory = t.testdir()
  journal(directory)
  t.match((await find(directory, '1')).found, {
    found: { entry: { kind: 'start' } },
    call: undefined,
    checkpoint: { seq: 6 },
  })
  t.match((await find(directory, '11')).found, { found: { seq: 11 }, checkpoint: undefined })
})

t.test('what is not there is not found', async (t) => {
  const directory = t.testdir()
  journal(directory)
  for (const text of ['d-nobody', '12', '999999', '01JD0000000000000000000099']) {
    t.equal((await find(directory, text)).found, undefined, text)
  }
  t.equal((await find(t.testdir({ none: {} }), '1')).found, undefined)
})

t.test('a journal whose oldest files were removed is searched from what is left', async (t) => {
  const directory = t.testdir()
  const [, , , , , , , , ninth] = journal(t.testdir({ old: {} }))
  if (ninth === undefined) throw new Error('no ninth entry')
  const late = t.testdir({ late: {} })
  writeChain(late, [{ ...completed, decision_id: 'd-old' }, stop, allowed], { after: ninth })
  t.match((await find(late, '11')).found, { found: { entry: { kind: 'stop' } } })
  t.match((await find(late, '10')).found, { found: { seq: 10 }, call: undefined })
  t.match((await find(late, '12')).found, { call: { identity: undefined, completion: undefined } })
  t.ok(directory)
})

t.test('a call without a verified token has no identity', async (t) => {
  const directory = t.testdir()
  writeChain(directory, [samples.unverified, { ...checkpoint, size: undefined }])
  const { found } = await find(directory, 'd-9Kq2')
  t.match(found, { call: { identity: undefined }, checkpoint: undefined })
})

t.test('faults on the way are told', async (t) => {
  const directory = t.testdir()
  journal(directory, 11)
  appendFileSync(join(directory, '000000000001.jsonl'), 'nonsense\n')
  const { found, faults } = await find(directory, 'd-nobody')
  t.equal(found, undefined)
  t.match(faults, [/a line is no entry/])
})

t.test('each line that belongs to what was found is named once', async (t) => {
  const directory = t.testdir()
  journal(directory)
  const linesFor = async (text: string) => {
    const { found } = await find(directory, text)
    return found && linesOf(found).map(({ what, seq }) => `${what} ${seq}`)
  }
  t.strictSame(await linesFor('4'), ['identity 3', 'decision 4', 'completion 7'])
  t.strictSame(await linesFor('9'), ['identity 8', 'decision 9'])
  t.strictSame(await linesFor('11'), ['entry 11'])
  const decision = { seq: 1, line: '{}', entry: {}, digest: 'x' }
  const call = { decision, completion: undefined, identity: undefined }
  t.strictSame(linesOf({ found: decision, call }), [{ what: 'decision', seq: 1, digest: 'x' }])
})
