import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { segmentPath } from '../../../src/record/directory.ts'
import { databasePath } from '../../../src/review/search/database.ts'
import { startIndexer, type Indexer } from '../../../src/review/search/indexer.ts'
import { until } from '../../support/audit-files.ts'
import { decisionBody, journalByHand } from '../../support/indexed-journal.ts'

function indexerOf(t: Test, directory: string, freeBytes?: () => number) {
  const warnings: unknown[] = []
  const warn = (fields: object, message: string) => void warnings.push({ ...fields, message })
  const indexer = startIndexer({
    directory,
    durable: () => Infinity,
    warn,
    retryMs: 5,
    freeBytes,
  })
  t.teardown(indexer.close)
  return { indexer, warnings }
}

const caughtUp = (indexer: Indexer) => until(() => indexer.state().isCaughtUp)
const callCount = (indexer: Indexer) =>
  indexer.ask(({ database }) => database.prepare('SELECT count(*) AS n FROM calls').get()?.['n'])

void t.test('answers while it fills, and says how far it is', async (t) => {
  const journal = journalByHand(t.testdir())
  journal.append([decisionBody({ decision_id: 'a' })])
  const { indexer, warnings } = indexerOf(t, journal.directory)
  t.strictSame(indexer.state(), { indexedSeq: 0, isCaughtUp: false, trouble: undefined })
  t.equal(callCount(indexer), 0)
  await caughtUp(indexer)
  t.strictSame(indexer.state(), { indexedSeq: 1, isCaughtUp: true, trouble: undefined })
  t.equal(callCount(indexer), 1)
  t.strictSame(warnings, [])
  await indexer.close()
})

void t.test('says why there is no index, and has one as soon as it can', async (t) => {
  const directory = `${t.testdir()}/audit`
  const { indexer, warnings } = indexerOf(t, directory)
  t.throws(() => callCount(indexer), /being opened/)
  await until(() => warnings.length > 0)
  t.match(indexer.state(), { isCaughtUp: false, trouble: /ENOENT/ })
  t.throws(() => callCount(indexer), /ENOENT/)
  indexer.addFault('nobody to tell')
  await until(() => warnings.length > 1)
  t.match(warnings[0], { directory, error: /ENOENT/, message: /cannot follow the journal/ })
  mkdirSync(directory)
  await caughtUp(indexer)
  t.equal(indexer.state().trouble, undefined)
})

void t.test('a journal that was written anew has its index made anew', async (t) => {
  const journal = journalByHand(t.testdir())
  journal.append([decisionBody({ decision_id: 'a' }), decisionBody({ decision_id: 'b' })])
  const first = indexerOf(t, journal.directory)
  await caughtUp(first.indexer)
  await first.indexer.close()
  const path = segmentPath(journal.directory, 1)
  const [line = ''] = readFileSync(path, 'utf8').split('\n')
  writeFileSync(path, `${line}\n`)
  const { indexer, warnings } = indexerOf(t, journal.directory)
  await until(() => warnings.length > 0)
  t.match(indexer.state(), { trouble: /ends before entry 2/ })
  await caughtUp(indexer)
  t.strictSame(indexer.state(), { indexedSeq: 1, isCaughtUp: true, trouble: undefined })
  t.equal(callCount(indexer), 1)
})

void t.test(
  'a damaged index is made anew, and the question that found it is refused',
  async (t) => {
    const journal = journalByHand(t.testdir())
    journal.append([decisionBody({ decision_id: 'a' })])
    const { indexer, warnings } = indexerOf(t, journal.directory)
    await caughtUp(indexer)
    const damaged = Object.assign(new Error('database disk image is malformed'), { errcode: 11 })
    t.throws(
      () =>
        indexer.ask(({ database }) => {
          database.exec("UPDATE calls SET decision_id = 'spoilt'")
          throw damaged
        }),
      /malformed/,
    )
    await until(() => warnings.length > 0)
    await caughtUp(indexer)
    t.equal(callCount(indexer), 1)
    const spoilt = indexer.ask(({ database }) => {
      return database.prepare("SELECT 1 FROM calls WHERE decision_id = 'spoilt'").get()
    })
    t.equal(spoilt, undefined)
  },
)

void t.test('a wrong question harms nothing', async (t) => {
  const { indexer, warnings } = indexerOf(t, t.testdir())
  await caughtUp(indexer)
  const wrong = () =>
    indexer.ask(() => {
      throw new RangeError('no such page')
    })
  t.throws(wrong, RangeError)
  t.equal(indexer.state().trouble, undefined)
  t.strictSame(warnings, [])
})

void t.test('what is wrong with the journal is said as long as the index is', async (t) => {
  const journal = journalByHand(t.testdir())
  journal.append([decisionBody()])
  const first = indexerOf(t, journal.directory).indexer
  await caughtUp(first)
  first.addFault('entry 1 is no longer where it was read')
  const trouble =
    'the journal is not as it was written: entry 1 is no longer where it was read; verify it'
  t.strictSame(first.state(), { indexedSeq: 1, isCaughtUp: true, trouble })
  await first.close()
  const second = indexerOf(t, journal.directory).indexer
  await caughtUp(second)
  t.equal(second.state().trouble, trouble)
  t.throws(() => callCount(first))
})

void t.test('failures that are no errors are said, too', async (t) => {
  const { indexer } = indexerOf(t, t.testdir())
  await caughtUp(indexer)
  await indexer.close()
  await indexer.close()
  const throwing = startIndexer({
    directory: t.testdir(),
    durable: () => {
      throw 'no number' as unknown as Error
    },
    warn: () => undefined,
    retryMs: 5,
  })
  await until(() => throwing.state().trouble === 'no number')
  await throwing.close()
})

void t.test('an index gives its room back where the journal has none left', async (t) => {
  const journal = journalByHand(t.testdir())
  journal.append([decisionBody()])
  let free = 1e12
  const { indexer, warnings } = indexerOf(t, journal.directory, () => free)
  await caughtUp(indexer)
  free = 0
  journal.append([decisionBody()])
  await until(() => warnings.length > 1)
  t.match(indexer.state(), { isCaughtUp: false, trouble: /0 MiB are free .* make room/ })
  t.notOk(existsSync(databasePath(journal.directory)))
  free = 1e12
  await caughtUp(indexer)
  t.strictSame(indexer.state(), { indexedSeq: 2, isCaughtUp: true, trouble: undefined })
})

void t.test('an index that is taken away while it is closed comes back', async (t) => {
  const journal = journalByHand(t.testdir())
  journal.append([decisionBody({ decision_id: 'a' })])
  const first = indexerOf(t, journal.directory).indexer
  await caughtUp(first)
  await first.close()
  rmSync(databasePath(journal.directory))
  const second = indexerOf(t, journal.directory).indexer
  await caughtUp(second)
  t.ok(existsSync(databasePath(journal.directory)))
  t.equal(callCount(second), 1)
})
