import t from 'tap'
import { openDatabase } from '../../../src/review/search/database.ts'
import {
  firstFault,
  readProgress,
  writeFault,
  writeProgress,
} from '../../../src/review/search/progress.ts'

void t.test('progress begins with nothing, and is what was written last', async (t) => {
  const database = openDatabase(t.testdir())
  t.strictSame(readProgress(database), { seq: 0, digest: undefined, nextPlace: 0 })
  writeProgress(database, { seq: 5, digest: 'ab', nextPlace: 700 })
  writeProgress(database, { seq: 6, digest: 'cd', nextPlace: 800 })
  t.strictSame(readProgress(database), { seq: 6, digest: 'cd', nextPlace: 800 })
  database.close()
})

void t.test('the first fault is kept, each once, and not without end', async (t) => {
  const database = openDatabase(t.testdir())
  t.equal(firstFault(database), undefined)
  writeFault(database, 'entry 5')
  for (let entry = 0; entry < 300; entry += 1) writeFault(database, `entry ${entry}`)
  t.equal(firstFault(database), 'entry 5')
  const rows = database.prepare('SELECT why FROM faults').all()
  t.equal(rows.length, 100)
  t.equal(new Set(rows.map((row) => row['why'])).size, 100)
  database.close()
})
