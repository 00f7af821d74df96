import t from 'tap'
import { printable, printableDate } from '../../src/identify/printable.ts'

void t.test('plain text stays as it is', async (t) => {
  t.equal(printable('https://gitlab.com'), 'https://gitlab.com')
  t.equal(printable(''), '')
  t.equal(printable('x'.repeat(64)), 'x'.repeat(64))
})

void t.test('characters that could forge or hide a line of a log are escaped', async (t) => {
  t.equal(printable('a\nb\r\u0000\u001b[31m'), 'a\\u{a}b\\u{d}\\u{0}\\u{1b}[31m')
  t.equal(printable('\u202eevil\u2028\u200b'), '\\u{202e}evil\\u{2028}\\u{200b}')
  t.equal(printable('\u{e0041}'), '\\u{e0041}')
  t.equal(printable('\ud800'), '\\u{d800}')
})

void t.test('long text is cut, also when escaping made it long', async (t) => {
  t.equal(printable('x'.repeat(65)), `${'x'.repeat(64)}…`)
  t.equal(printable('x'.repeat(1_000_000)).length, 65)
  t.equal(printable('\n'.repeat(64)).length, 65)
  t.equal(printable('abcdef', 3), 'abc…')
})

void t.test('a numeric date is shown as a date, and any other number as it is', async (t) => {
  t.equal(printableDate(1790841600), '2026-10-01T08:00:00.000Z')
  t.equal(printableDate(1e300), '1e+300')
  t.equal(printableDate(Number.POSITIVE_INFINITY), 'Infinity')
})
