import t from 'tap'
import { formatEntry } from '../../../src/audit/format/format-entry.ts'
import { syslogFrame } from '../../../src/export/syslog/frame.ts'
import { hostileTexts } from '../../support/hostile-texts.ts'
import { sampleEntries } from '../../support/sample-entries.ts'
import { parseMessage, takeFrames } from '../../support/syslog-receiver.ts'

function exported(entry: Readonly<Record<string, unknown>>, seq = 7) {
  const line = JSON.stringify(entry)
  return { seq, line, entry: JSON.parse(line) as typeof entry }
}

/** Takes the one frame apart, strictly. */
function read(frame: Buffer) {
  const { frames, rest } = takeFrames(frame)
  if (frames.length !== 1 || rest.length > 0) throw new Error('not exactly one frame')
  return parseMessage(frames[0] ?? Buffer.alloc(0))
}

t.test('a message says what, when and of whom, byte for byte', async (t) => {
  const entry = {
    id: '01JD',
    time: '2026-11-23T09:14:04.113Z',
    kind: 'decision',
    outcome: 'refused',
    detail: 'ü',
    replica: 'sallyport-0',
  }
  const frame = syslogFrame(exported(entry), 'native')
  const message = `<108>1 2026-11-23T09:14:04.113Z sallyport-0 sallyport - decision [sallyport@32473 id="01JD" seq="7" kind="decision" outcome="refused"] \ufeff${JSON.stringify(entry)}`
  t.equal(frame.toString(), `${Buffer.byteLength(message)} ${message}`)
  t.ok(frame.includes(Buffer.from([0x20, 0xef, 0xbb, 0xbf, 0x7b])), 'the mark comes first')
})

for (const [name, entry] of Object.entries(sampleEntries)) {
  t.test(`an entry like ${name} keeps to the grammar in every format`, async (t) => {
    const one = exported(entry)
    for (const format of ['native', 'ocsf', 'cloudevents'] as const) {
      const message = read(syslogFrame(one, format))
      t.match(message, {
        timestamp: entry.time,
        hostname: 'sallyport-0',
        appName: 'sallyport',
        procId: '-',
        msgId: entry.kind,
        parameters: { id: entry.id, seq: '7', kind: entry.kind },
      })
      t.equal(message.parameters['outcome'], (entry as { outcome?: string }).outcome)
      t.equal(message.text, formatEntry(format, one.line, one.entry))
    }
  })
}

t.test('the priority is of log audit, and its severity goes by the outcome', async (t) => {
  const priorities = (['allowed', 'refused', 'failed'] as const).map(
    (name) => read(syslogFrame(exported(sampleEntries[name]), 'native')).priority,
  )
  t.same(priorities, [13 * 8 + 6, 13 * 8 + 4, 13 * 8 + 3])
})

const forged = ['"] [admin@1 ok="yes', '\\', ']', '\n<0>1 - - - - - -', 'ü\ud800', '\u0000', '']

for (const [index, text] of [...forged, ...hostileTexts].entries()) {
  t.test(`nothing is forged by hostile text ${index}`, async (t) => {
    const fields = { id: text, kind: text, outcome: text, replica: text, time: text }
    const { hostname, msgId, timestamp, parameters } = read(syslogFrame(exported(fields), 'native'))
    const due = text
      .slice(0, 128)
      .toWellFormed()
      .replaceAll(/\p{Cc}/gu, '?')
    t.same(parameters, { id: due, seq: '7', kind: due, outcome: due })
    t.match(hostname, /^[!-~]{1,255}$/)
    t.match(msgId, /^[!-~]{1,32}$/)
    t.equal(timestamp, '-')
  })
}

t.test('what is missing or of another type is left out', async (t) => {
  const fields = { id: { a: 1 }, kind: null, outcome: ['x'], replica: 5, time: 7 }
  const { hostname, msgId, timestamp, parameters } = read(syslogFrame(exported(fields), 'native'))
  t.same({ hostname, msgId, timestamp }, { hostname: '-', msgId: '-', timestamp: '-' })
  t.same(parameters, { seq: '7' })
})
