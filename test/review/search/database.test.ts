import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import t, { type Test } from 'tap'
import {
  databasePath,
  isDamaged,
  isUnusable,
  openDatabase,
  removeDatabase,
} from '../../../src/review/search/database.ts'
import { schemaVersion } from '../../../src/review/search/schema.ts'

function signOffs(database: DatabaseSync): unknown {
  return database.prepare('SELECT count(*) AS n FROM sign_offs').get()?.['n']
}

/** An index with one row in it, closed. */
function usedIndex(t: Test): string {
  const directory = t.testdir()
  const database = openDatabase(directory)
  database.exec('INSERT INTO sign_offs VALUES (1, 0)')
  database.close()
  return directory
}

void t.test('makes an index that its owner alone may read', async (t) => {
  const directory = t.testdir()
  const database = openDatabase(directory)
  database.exec('INSERT INTO sign_offs VALUES (1, 0)')
  t.equal(statSync(databasePath(directory)).mode & 0o777, 0o600)
  t.equal(statSync(`${databasePath(directory)}-wal`).mode & 0o777, 0o600)
  database.close()
})

void t.test('opens what was written before', async (t) => {
  const database = openDatabase(usedIndex(t))
  t.equal(signOffs(database), 1)
  database.close()
})

void t.test('begins anew where there is another version, or no index', async (t) => {
  const cases: readonly (readonly [name: string, spoil: (path: string) => void])[] = [
    [
      'another version',
      (path) => {
        const database = new DatabaseSync(path)
        database.exec(`PRAGMA user_version = ${schemaVersion + 1}`)
        database.close()
      },
    ],
    ['no database', (path) => writeFileSync(path, 'this is no database at all '.repeat(100))],
    [
      'a damaged one',
      (path) => {
        const bytes = readFileSync(path)
        writeFileSync(path, bytes.fill(0x5a, 100, 4_096))
      },
    ],
    [
      'one with other tables',
      (path) => {
        const database = new DatabaseSync(path)
        database.exec('PRAGMA user_version = 0')
        database.close()
      },
    ],
  ]
  for (const [name, spoil] of cases) {
    await t.test(name, async (t) => {
      const directory = usedIndex(t)
      spoil(databasePath(directory))
      const database = openDatabase(directory)
      t.equal(signOffs(database), 0)
      database.close()
    })
  }
})

void t.test('two cannot have one index, and the first keeps it', async (t) => {
  const directory = usedIndex(t)
  const database = openDatabase(directory)
  t.throws(() => openDatabase(directory), /database is locked/)
  t.equal(signOffs(database), 1)
  database.close()
})

void t.test('throws where a file cannot be made', async (t) => {
  t.throws(() => openDatabase(`${t.testdir()}/missing`), { code: 'ENOENT' })
})

void t.test('takes the files of an index away, and none else', async (t) => {
  const directory = t.testdir({ '000000000001.jsonl': 'line\n' })
  openDatabase(directory).close()
  removeDatabase(directory)
  t.notOk(existsSync(databasePath(directory)))
  t.ok(existsSync(`${directory}/000000000001.jsonl`))
  removeDatabase(directory)
})

void t.test('knows damage from other failures', async (t) => {
  const failure = (errcode: number) => Object.assign(new Error('x'), { errcode })
  for (const code of [11, 26, 267]) t.ok(isDamaged(failure(code)), String(code))
  for (const error of [failure(1), failure(5), new Error('x'), 'x']) t.notOk(isDamaged(error))
  for (const code of [1, 11, 26]) t.ok(isUnusable(failure(code)), String(code))
  for (const error of [failure(5), failure(13), new Error('x'), 'x']) t.notOk(isUnusable(error))
})
