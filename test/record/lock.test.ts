import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { takeLock } from '../../src/record/lock.ts'

const lockModule = new URL('../../src/record/lock.ts', import.meta.url).href

/** Another process that takes the lock, says whether it has it, and keeps it until it is killed. */
async function otherProcess(directory: string) {
  const script = `
    const { takeLock } = await import(${JSON.stringify(lockModule)})
    try { takeLock(process.argv[1]); console.log('taken') } catch (error) { console.log(error.message) }
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, directory])
  let complaints = ''
  child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()))
  const [answer] = (await once(child.stdout, 'data')) as [Buffer]
  return {
    answer: answer.toString().trim(),
    complaints: () => complaints,
    async kill() {
      child.kill('SIGKILL')
      await once(child, 'close')
    },
  }
}

void t.test('the lock file is its owner’s alone, and no other file is left behind', async (t) => {
  const directory = t.testdir()
  const lock = takeLock(directory)
  t.equal(statSync(join(directory, 'journal.lock')).mode & 0o777, 0o600)
  t.notOk(existsSync(join(directory, 'journal.lock-journal')))
  lock.release()
})

void t.test('a second taker is refused until the first lets go', async (t) => {
  const directory = t.testdir()
  const lock = takeLock(directory)
  const refused = {
    message: `audit directory ${directory} is in use by another Sallyport; give each replica its own`,
  }
  t.throws(() => takeLock(directory), refused, 'in the same process')
  const other = await otherProcess(directory)
  t.equal(other.answer, refused.message, 'in another process')
  await other.kill()
  t.throws(() => takeLock(directory), refused, 'still: a failed attempt does not break the lock')
  lock.release()
  takeLock(directory).release()
})

void t.test('a process that was killed no longer holds the lock', async (t) => {
  const directory = t.testdir()
  const other = await otherProcess(directory)
  t.equal(other.answer, 'taken')
  t.throws(() => takeLock(directory), { message: /in use/ })
  await other.kill()
  t.equal(other.complaints(), '', 'Node says nothing about SQLite being experimental')
  takeLock(directory).release()
})

void t.test('knows whether its file is still the one that others would lock', async (t) => {
  const directory = t.testdir()
  const path = join(directory, 'journal.lock')
  const lock = takeLock(directory)
  t.teardown(() => lock.release())
  t.equal(lock.isInPlace(), true)
  renameSync(path, `${path}.old`)
  t.equal(lock.isInPlace(), false, 'moved away')
  writeFileSync(path, '')
  t.equal(lock.isInPlace(), false, 'replaced')
  rmSync(path)
  renameSync(`${path}.old`, path)
  t.equal(lock.isInPlace(), true, 'put back')
})

void t.test('says which file it cannot lock', async (t) => {
  const directory = t.testdir({
    'journal.lock': 'this is not a database, but long enough for one'.repeat(50),
  })
  t.throws(() => takeLock(directory), { message: /^cannot lock .*journal\.lock: .*not a database/ })
  t.throws(() => takeLock(join(directory, 'missing')), { code: 'ENOENT' })
})
