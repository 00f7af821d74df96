import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readKeys } from '../../src/audit/verify/trusted-keys.ts'
import type { VerifyReport } from '../../src/audit/verify/report.ts'
import { verifyJournal } from '../../src/audit/verify/verify-journal.ts'
import { signNote } from '../../src/record/signed-note.ts'
import { checkpointText } from '../../src/record/checkpoint.ts'
import { openJournal } from '../../src/record/journal.ts'
import { keptLog } from '../support/audit-files.ts'
import { auditSettings } from '../support/audit-settings.ts'
import { chainAnew, newSigner, readSegments } from '../support/tampering.ts'

type Segments = ReadonlyMap<string, readonly string[]>
type Fields = Record<string, unknown>

/** A journal as Sallyport writes it: two runs with calls, refusals and rotation, each ending with a checkpoint. */
async function writeJournal(directory: string): Promise<string> {
  const notes: string[] = []
  const settings = auditSettings(directory, { segments: { bytesMax: 1500, ageMaxMs: 86_400_000 } })
  let now = Date.parse('2026-11-23T09:00:00.000Z')
  for (const run of [1, 2]) {
    const journal = await openJournal({
      ...settings,
      replica: 'sallyport-0',
      version: '0.1.0',
      log: keptLog().log,
      now: () => (now += 10),
      publish: (note) => void notes.push(note),
    })
    for (let call = 1; call <= 4; call += 1) {
      const time = new Date(now).toISOString()
      const names = { time, decision_id: `d-${run}CA000000${call}00` }
      const facts = {
        method: 'StartWorkflowExecution',
        namespace: 'payments',
        policy_hash: 'sha256:1',
      }
      const refused =
        call === 3 ? { outcome: 'refused', code: 'not_granted' } : { outcome: 'allowed' }
      await journal.append({ ...names, kind: 'decision', ...refused, ...facts })
      const ending = { outcome: 'completed', grpc_status: 0, duration_ms: 1.5 }
      if (call !== 3) await journal.append({ ...names, kind: 'completion', ...ending })
    }
    await journal.close()
  }
  return notes.join('')
}

const base = t.testdir()
const journal = join(base, 'audit')
mkdirSync(journal)
const witness = await writeJournal(journal)
const original = readSegments(journal)
const keys = readKeys([join(journal, 'signing-key.pub')])
const places = [...original].flatMap(([segment, lines]) =>
  lines.map((line, at) => ({ segment, at, line, entry: JSON.parse(line) as Fields })),
)
const last = places.length - 1
const lastSegment = [...original.keys()].at(-1) ?? ''
const checkpoints = [{ name: 'witness.txt', text: witness }]

interface Given {
  readonly keys?: typeof keys
  readonly checkpoints?: typeof checkpoints
}

/** Verifies lines that somebody has laid hands on. */
async function verify(segments: Segments, given: Given = { keys }): Promise<VerifyReport> {
  const directory = join(base, 'tampered')
  rmSync(directory, { recursive: true, force: true })
  mkdirSync(directory)
  for (const [name, lines] of segments) {
    writeFileSync(join(directory, name), lines.map((line) => `${line}\n`).join(''))
  }
  return verifyJournal({ directory, ...given })
}

/** The same journal with the lines of one segment changed. */
function altered(segment: string, change: (lines: string[]) => void): Segments {
  const lines = [...(original.get(segment) ?? [])]
  change(lines)
  return new Map(original).set(segment, lines)
}

/** All lines, as they would lie in the segments that are there. */
function redistributed(lines: readonly string[]): Segments {
  let at = 0
  return new Map(
    [...original].map(([name, { length }]) => {
      at += length
      return [name, lines.slice(at - length, at)]
    }),
  )
}

/** What is first said about a journal, and where: `segment:line code`. */
function firstWords({ problems: [problem] }: VerifyReport): string {
  return problem ? `${problem.segment}:${problem.line} ${problem.code}` : 'nothing'
}

function names(report: VerifyReport, place: { segment: string; at: number }): boolean {
  return report.problems.some(({ segment, line }) => {
    return segment === place.segment && line === place.at + 1
  })
}

t.test('the journal is as it should be, in several segments, and shows the key', async (t) => {
  const report = await verify(original, { keys, checkpoints })
  t.match(report, { ok: true, problems: [], checkpoints: 2, published: 2, unsignedEntries: 0 })
  t.match(report.calls, { allowed: 6, refused: 2, open: 0 })
  t.ok(original.size >= 3, `${original.size} segments`)
  t.match(await verify(original, {}), { ok: true, trusted: 'first_use' })
})

/** Another value of the same kind, and the least that can be changed about one. */
function edited(value: unknown): unknown {
  if (typeof value === 'number') return value + 1
  if (typeof value !== 'string') return 'edited'
  const first = value.charAt(0) === '0' ? '1' : '0'
  return first + value.slice(1)
}

/** Of the last line nothing signs these. That it is the last one is what the report says. */
const unsigned = new Set(['id', 'time', 'open_calls', 'replica', 'version'])

t.test('every edit of every field of every line is found, and the line is named', async (t) => {
  const unseen: string[] = []
  for (const [index, place] of places.entries()) {
    for (const field of Object.keys(place.entry)) {
      const line = JSON.stringify({ ...place.entry, [field]: edited(place.entry[field]) })
      const report = await verify(altered(place.segment, (lines) => (lines[place.at] = line)))
      if (index === last && unsigned.has(field) && report.ok) {
        unseen.push(field)
        continue
      }
      const what = `${field} of entry ${index + 1}`
      if (index === last && field === 'kind') {
        t.match(report, { checkpoints: 1, notes: [/entries after entry \d+ not yet signed/] }, what)
        continue
      }
      t.equal(report.ok, false, what)
      t.ok(names(report, place), `${what}: ${JSON.stringify(report.problems)}`)
      // An edited prev is as wrong for the line before, until one behind shows which of them is whole.
      if (field !== 'prev' || place.entry['kind'] === 'checkpoint') {
        t.match(firstWords(report), new RegExp(`^${place.segment}:${place.at + 1} `), what)
      }
    }
  }
  t.strictSame(unseen.sort(), [...unsigned].sort(), 'only in the line behind which nothing stands')
})

t.test('fields that were added, removed or written otherwise are found', async (t) => {
  for (const place of places.slice(0, -1)) {
    const changes = [
      place.line.replace('{', '{"added":1,'),
      place.line.replace(/,"version":"[^"]*"/, ''),
      `${place.line} `,
      place.line.replace(':', ': '),
      place.line.slice(0, -1),
      '',
      'null',
      '\u0000',
    ]
    for (const line of changes) {
      const report = await verify(altered(place.segment, (lines) => (lines[place.at] = line)))
      // A checkpoint shows by itself that it says what none says; any other entry by the line behind it.
      const isItself = place.entry['kind'] === 'checkpoint' && line.includes('"added"')
      const codes = isItself ? 'bad_checkpoint' : 'changed|not_an_entry'
      const start = new RegExp(`^${place.segment}:${place.at + 1} (${codes})`)
      t.match(firstWords(report), start, JSON.stringify(line.slice(0, 40)))
    }
  }
})

t.test('every deletion of a line is found, and named by the entry that is missing', async (t) => {
  for (const [index, place] of places.entries()) {
    const report = await verify(altered(place.segment, (lines) => lines.splice(place.at, 1)))
    if (index === last) {
      t.ok(report.ok && report.unsignedEntries > 0, 'which shows as not yet signed')
    } else {
      t.equal(report.ok, false)
      const text = report.problems[0]?.message ?? ''
      t.match(text, new RegExp(`^entr(y ${index + 1} is|ies ${index + 1} to \\d+ are) missing`))
    }
  }
})

t.test('every insertion of a line is found where it is', async (t) => {
  const [, , call] = places
  for (const place of places) {
    for (const copy of [call?.line ?? '', place.line]) {
      const inserted = await verify(
        altered(place.segment, (lines) => lines.splice(place.at, 0, copy)),
      )
      t.equal(inserted.ok, false)
      const near = inserted.problems.map(({ segment, line }) => `${segment}:${line}`)
      const here = [place.at + 1, place.at + 2].map((line) => `${place.segment}:${line}`)
      t.ok(
        here.includes(near[0] ?? ''),
        `entry ${place.at + 1}: ${JSON.stringify(inserted.problems)}`,
      )
    }
    // One that knows its place: only its successor tells it from the one that belongs there.
    const forged = JSON.stringify({ ...place.entry, forged: true })
    const twin = await verify(altered(place.segment, (lines) => lines.splice(place.at, 0, forged)))
    const words = twin.problems.map(({ segment, line, code }) => `${segment}:${line} ${code}`)
    // A checkpoint shows by itself that it says what none says.
    if (place.entry['kind'] === 'checkpoint') {
      t.equal(words.shift(), `${place.segment}:${place.at + 1} bad_checkpoint`)
    }
    t.match(words[0], `${place.segment}:${place.at + 2} duplicate_seq`)
  }
})

t.test('every swap of two lines is found', async (t) => {
  const lines = places.map(({ line }) => line)
  for (let at = 0; at < last; at += 1) {
    const swapped = lines.with(at, lines[at + 1] ?? '').with(at + 1, lines[at] ?? '')
    const report = await verify(redistributed(swapped))
    t.equal(report.ok, false)
    t.ok(names(report, places[at]!), `${at + 1}: ${JSON.stringify(report.problems)}`)
  }
})

t.test('every segment that is removed is found, by its name', async (t) => {
  for (const name of original.keys()) {
    const rest = new Map([...original].filter(([each]) => each !== name))
    const report = await verify(rest, { keys, checkpoints })
    t.equal(report.ok, false, name)
    const [problem] = report.problems
    if (name === lastSegment) t.match(problem, { segment: 'witness.txt', code: 'cut_off' })
    else if (Number.parseInt(name, 10) === 1) t.match(problem, { code: 'missing_beginning' })
    else t.match(problem, { code: 'missing_segment', message: name })
  }
  const renamed = new Map(
    [...original].map(([name, lines], at) => [at === 1 ? '000000000099.jsonl' : name, lines]),
  )
  t.equal((await verify(renamed)).ok, false, 'one by another name')
})

t.test('a cut at the end shows against a published checkpoint', async (t) => {
  const lines = places.map(({ line }) => line)
  for (let kept = 0; kept < last; kept += 1) {
    const { ok, problems } = await verify(redistributed(lines.slice(0, kept)), {
      keys,
      checkpoints,
    })
    t.equal(ok, false, `${kept} lines kept`)
    t.ok(problems.some(({ code }) => code === 'cut_off' || code === 'no_entries'))
  }
})

t.test('without one, a cut shows only in what is no longer signed, or not ended', async (t) => {
  const lines = places.map(({ line }) => line)
  const silent: unknown[] = []
  for (let kept = 3; kept <= last; kept += 1) {
    const report = await verify(redistributed(lines.slice(0, kept)), {})
    t.equal(report.ok, true, 'it is no problem by itself')
    if (report.unsignedEntries === 0) silent.push(places[kept - 1]?.entry['kind'])
  }
  t.strictSame(silent, ['checkpoint'], 'right behind a checkpoint nothing shows at all')
})

t.test('chaining everything anew without the key is found at the next checkpoint', async (t) => {
  const lines = places.map(({ line }) => line)
  for (const [at, { entry }] of places.slice(0, -1).entries()) {
    const forged = [...lines]
    forged[at] = JSON.stringify({ ...entry, detail: 'forged' })
    const report = await verify(redistributed(chainAnew(forged)))
    t.equal(report.ok, false, `edited ${at + 1}`)
    const next = places.find((each, index) => index > at && each.entry['kind'] === 'checkpoint')
    t.ok(names(report, next!), JSON.stringify(report.problems))
    const shorter = lines.toSpliced(at, 1)
    t.equal((await verify(redistributed(chainAnew(shorter)))).ok, false, `removed ${at + 1}`)
  }
})

t.test('signing it all anew with another key is found by who knows the key', async (t) => {
  const thief = newSigner('sallyport/sallyport-0')
  const { vkey, keyId } = thief.verifier
  const signedAnew = (line: string): string => {
    const entry = JSON.parse(line) as Fields
    if (entry['kind'] === 'signing_key') {
      const text = `sallyport signing key\n${thief.verifier.name}\n${vkey}\n${String(entry['seq'])}\n`
      return JSON.stringify({ ...entry, vkey, key: keyId, note: signNote(text, [thief]) })
    }
    if (entry['kind'] !== 'checkpoint') return line
    const [seq, digest] = [Number(entry['size']), String(entry['head'])]
    const text = checkpointText({ origin: thief.verifier.name, seq, digest })
    return JSON.stringify({ ...entry, key: keyId, note: signNote(text, [thief]) })
  }
  let lines = places.map(({ line }) => line.replace('not_granted', 'granted'))
  // Each line that is signed anew changes those behind it, so this goes from one to the next.
  for (let at = 0; at < lines.length; at += 1) {
    lines = [...chainAnew(lines)]
    lines[at] = signedAnew(lines[at] ?? '')
  }
  const forged = redistributed(lines)
  t.match(await verify(forged, {}), { ok: true, trusted: 'first_use' }, 'it fits together')
  const known = await verify(forged)
  t.equal(known.ok, false)
  t.match(known.problems.map(({ code }) => code).sort(), ['no_checkpoint', 'unknown_key'])
  const published = await verify(forged, { checkpoints })
  t.match(published.problems, [{ segment: 'witness.txt', code: 'unknown_key' }])
})

t.test('leaving the checkpoints out is found by who knows the key', async (t) => {
  const unsignedLines = places.filter(({ entry }) => entry['kind'] !== 'checkpoint')
  const forged = redistributed(chainAnew(unsignedLines.map(({ line }) => line)))
  t.match(await verify(forged), { ok: false, problems: [{ code: 'no_checkpoint' }] })
  t.match((await verify(forged, {})).notes, [/nothing is signed/])
})

t.test('several faults are each named, the first one first', async (t) => {
  const faults = [2, 7, 12].map((at) => places[at]!)
  const lines = places.map(({ line, entry }, at) =>
    [2, 7, 12].includes(at) ? JSON.stringify({ ...entry, detail: 'edited' }) : line,
  )
  const report = await verify(redistributed(lines))
  t.strictSame(
    report.problems.filter(({ code }) => code === 'changed').map(({ seq }) => seq),
    [3, 8, 13],
  )
  t.ok(names(report, faults[0]!))
})

t.test('half a line at the end is one that is being written', async (t) => {
  const directory = join(base, 'tampered')
  await verify(original)
  const path = join(directory, lastSegment)
  writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.from('{"id":"01J')]))
  const report = await verifyJournal({ directory, keys, checkpoints })
  t.match(report, { ok: true, notes: [/10 bytes at the end are being written/] })
})

t.test('a running service is verified beside its writing, also twice at once', async (t) => {
  const directory = join(base, 'running')
  const settings = auditSettings(directory, {
    segments: { bytesMax: 50_000, ageMaxMs: 86_400_000 },
  })
  const running = await openJournal({
    ...settings,
    checkpoints: { ...settings.checkpoints, intervalMs: 5 },
    replica: 'sallyport-0',
    version: '0.1.0',
    log: keptLog().log,
    now: Date.now,
  })
  const done = new AbortController()
  const load = (async () => {
    for (let call = 0; call < 400; call += 1) {
      const time = new Date().toISOString()
      const names = { time, decision_id: `d-${String(call).padStart(12, '0')}` }
      await running.append({ ...names, kind: 'decision', outcome: 'allowed' })
      running.enqueue({ ...names, kind: 'completion', outcome: 'completed' })
    }
    done.abort()
  })()
  do {
    const reports = await Promise.all([1, 2].map(() => verifyJournal({ directory })))
    for (const { ok, problems } of reports) t.ok(ok, JSON.stringify(problems))
  } while (!done.signal.aborted)
  await load
  await running.close()
  t.match(await verifyJournal({ directory }), { ok: true, calls: { allowed: 400, open: 0 } })
})
