import { join } from 'node:path'
import t from 'tap'
import { firstTimeIn, timeOf } from '../../src/record/first-time.ts'

const time = '2026-11-23T09:14:02.113Z'
const line = JSON.stringify({ time, kind: 'start' })

void t.test('the first line of a segment says when it began', async (t) => {
  const other = JSON.stringify({ time: '2030-01-01T00:00:00.000Z' })
  const long = JSON.stringify({ pad: 'x'.repeat(65_000), time })
  const directory = t.testdir({ one: `${line}\n`, two: `${line}\n${other}\n`, long, empty: '' })
  for (const name of ['one', 'two', 'long']) {
    t.equal(await firstTimeIn(join(directory, name)), Date.parse(time), name)
  }
  t.equal(await firstTimeIn(join(directory, 'empty')), undefined)
  await t.rejects(firstTimeIn(join(directory, 'missing')), { code: 'ENOENT' })
})

void t.test('a line without a time has none', async (t) => {
  for (const text of ['', '{', 'null', '7', '{}', '{"time":"soon"}', '{"time":{}}']) {
    t.equal(timeOf(text), undefined, text)
  }
  t.equal(timeOf(line), Date.parse(time))
})
