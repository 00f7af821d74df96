import { DatabaseSync } from 'node:sqlite'
import t from 'tap'
import { nameColumns, schema, schemaVersion, states } from '../../../src/review/search/schema.ts'

void t.test('makes an empty index of its version, with an index for each text', async (t) => {
  const database = new DatabaseSync(':memory:')
  database.exec(schema)
  t.equal(database.prepare('PRAGMA user_version').get()?.['user_version'], schemaVersion)
  const rows = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'index'").all()
  const names = new Set(rows.map((row) => row['name']))
  for (const column of nameColumns) t.ok(names.has(`calls_${column}`), column)
  database.close()
})

void t.test('each state has a number of its own', async (t) => {
  t.equal(new Set(Object.values(states)).size, Object.keys(states).length)
})
