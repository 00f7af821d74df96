import t from 'tap'
import { parseLine } from '../../../src/audit/verify/parsed-line.ts'

const entry = { seq: 1, prev: 'x', kind: 'start', time: '2026-11-23T09:00:00.000Z' }

void t.test('an entry is read', async (t) => {
  const whole = { ...entry, other: ['ü'] }
  t.strictSame(parseLine(Buffer.from(JSON.stringify(whole))), { ...entry, entry: whole })
})

const wrong: Record<string, string | Buffer> = {
  nothing: '',
  'half an entry': '{"seq":1',
  'two entries': `${JSON.stringify(entry)}${JSON.stringify(entry)}`,
  'no object': '7',
  null: 'null',
  'no UTF-8': Buffer.from([0x22, 0xff, 0x22]),
  ...Object.fromEntries(
    (
      [
        ['seq', undefined],
        ['seq', 0],
        ['seq', 1.5],
        ['seq', 2 ** 53],
        ['seq', '1'],
        ['prev', 1],
        ['kind', 1],
        ['time', 1],
      ] as const
    ).map(([field, value]) => [
      `${field} ${String(value)}`,
      JSON.stringify({ ...entry, [field]: value }),
    ]),
  ),
}

for (const [name, line] of Object.entries(wrong)) {
  void t.test(`is no entry: ${name}`, async (t) => {
    t.equal(parseLine(Buffer.from(line)), undefined)
  })
}
