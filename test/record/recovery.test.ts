import { generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { segmentPath } from '../../src/record/directory.ts'
import { readLegacy } from '../../src/record/recovery.ts'
import { noteSigner } from '../../src/record/signed-note.ts'

type Fields = Readonly<Record<string, unknown>>

const begin = (name: string): Fields => ({
  kind: 'decision',
  outcome: 'allowed',
  decision_id: `d-${name}`,
})
const end = (name: string): Fields => ({ kind: 'completion', decision_id: `d-${name}` })
const checkpoint = (open?: number, origin = 'o', key = 'k'): Fields => ({
  kind: 'checkpoint',
  origin,
  key,
  ...(open !== undefined && { oldest_open_seq: open }),
})

/** Writes segments of entries, numbered from 1. */
function journalOf(t: Test, ...segments: readonly (readonly Fields[])[]): string {
  const directory = t.testdir()
  let seq = 0
  for (const entries of segments) {
    const path = segmentPath(directory, seq + 1)
    const lines = entries.map((entry) => `${JSON.stringify({ seq: (seq += 1), ...entry })}\n`)
    writeFileSync(path, lines.join(''))
  }
  return directory
}

void t.test('a new journal has nothing to take over', async (t) => {
  const nothing = { openCalls: [], key: undefined, removedThrough: 0 }
  t.strictSame(await readLegacy(journalOf(t)), nothing)
})

void t.test('calls without a completion are open, oldest first, across segments', async (t) => {
  const refused = { ...begin('refused'), outcome: 'refused' }
  const directory = journalOf(
    t,
    [begin('a'), begin('b'), refused, begin('c')],
    [end('b'), begin('d'), { ...end('e'), level: 'completion' }],
    [end('d'), begin('f')],
  )
  t.match(await readLegacy(directory), { openCalls: ['d-a', 'd-c', 'd-f'] })
})

void t.test('it reads back to the last checkpoint, and to what was open there', async (t) => {
  const cases: readonly (readonly [entries: Fields[], open: string[], why: string])[] = [
    [[begin('a'), checkpoint(), begin('b')], ['d-b'], 'nothing was open'],
    [[begin('a'), begin('b'), begin('c'), checkpoint(2), end('c')], ['d-b'], 'from entry 2 on'],
    [[begin('a'), checkpoint(1), begin('b')], ['d-a', 'd-b'], 'from the first on'],
    [[begin('a'), begin('b'), checkpoint(1), end('b'), checkpoint(2)], [], 'only the last counts'],
    [[begin('a'), checkpoint(), begin('b'), begin('c'), checkpoint(3)], ['d-b', 'd-c'], 'the same'],
  ]
  for (const [entries, openCalls, why] of cases) {
    t.strictSame((await readLegacy(journalOf(t, entries))).openCalls, openCalls, why)
    const each = journalOf(t, ...entries.map((entry) => [entry]))
    t.strictSame((await readLegacy(each)).openCalls, openCalls, `${why}, in many segments`)
  }
})

void t.test(
  'the key in force is the last that a checkpoint or a change of keys names',
  async (t) => {
    const { vkey, keyId, name } = noteSigner(
      'sallyport/a',
      generateKeyPairSync('ed25519').privateKey,
    ).verifier
    const named = { kind: 'signing_key', vkey }
    const key = async (...entries: Fields[]) => (await readLegacy(journalOf(t, entries))).key
    t.strictSame(await key(named), { origin: name, keyId })
    t.strictSame(await key(checkpoint(undefined, 'x', 'y'), named), { origin: name, keyId })
    t.strictSame(await key(named, checkpoint(1, 'x', 'y')), { origin: 'x', keyId: 'y' })
    t.strictSame(await key(begin('a'), { kind: 'signing_key', vkey: 'damaged' }), undefined)
  },
)

void t.test('what was announced as removed is known', async (t) => {
  const removal = (seq: number) => ({ kind: 'retention', removed_through_seq: seq })
  const directory = journalOf(t, [removal(7), removal(9), begin('a')])
  t.match(await readLegacy(directory), { removedThrough: 9 })
})

void t.test('damaged lines are passed over', async (t) => {
  const directory = journalOf(t, [begin('a')])
  writeFileSync(segmentPath(directory, 2), 'bad\nnull\n7\n')
  t.match(await readLegacy(directory), { openCalls: ['d-a'] })
})
