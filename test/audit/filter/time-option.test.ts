import t from 'tap'
import { readMoment } from '../../../src/audit/filter/time-option.ts'

const now = Date.parse('2026-11-23T12:00:00Z')

t.test('a moment is a length of time ago, a date, or a time with its zone', async (t) => {
  const rows: [string, string | undefined][] = [
    ['2h', '2026-11-23T10:00:00.000Z'],
    ['30s', '2026-11-23T11:59:30.000Z'],
    ['7d', '2026-11-16T12:00:00.000Z'],
    ['2026-11-22', '2026-11-22T00:00:00.000Z'],
    ['2026-11-22T09:00Z', '2026-11-22T09:00:00.000Z'],
    ['2026-11-22T09:00:00Z', '2026-11-22T09:00:00.000Z'],
    ['2026-11-22T09:00:00.5Z', '2026-11-22T09:00:00.500Z'],
    ['2026-11-22T09:00:00+01:00', '2026-11-22T08:00:00.000Z'],
    ['2026-11-22T09:00:00', undefined],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    ['2026-02-29', undefined],
    ['2026-11-31', undefined],
    ['2026-02-31T09:00Z', undefined],
    ['2026-13-22', undefined],
    ['0h', undefined],
    ['2', undefined],
    ['soon', undefined],
    ['', undefined],
  ]
  for (const [text, moment] of rows) {
    const time = readMoment(text, now)
    t.equal(time === undefined ? undefined : new Date(time).toISOString(), moment, text)
  }
})
