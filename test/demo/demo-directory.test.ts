import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { makeDemoDirectory } from '../../src/demo/demo-directory.ts'
import { SetupFailure } from '../../src/demo/setup-failure.ts'
import { takeLock } from '../../src/record/lock.ts'

void t.test('each run starts afresh', async (t) => {
  const cwd = t.testdir()
  const first = await makeDemoDirectory(cwd)
  t.equal(first.path, join(cwd, '.demo'))
  t.equal(first.shown('ca.crt'), '.demo/ca.crt')
  t.ok(existsSync(first.audit))
  writeFileSync(first.file('left over'), '')
  const second = await makeDemoDirectory(cwd)
  t.notOk(existsSync(second.file('left over')))
})

void t.test('the directory of a demo that runs is left alone', async (t) => {
  const cwd = t.testdir()
  const running = await makeDemoDirectory(cwd)
  const lock = takeLock(running.audit)
  writeFileSync(running.file('in use'), '')
  await t.rejects(makeDemoDirectory(cwd), SetupFailure)
  t.ok(existsSync(running.file('in use')))
  lock.release()
  await t.resolves(makeDemoDirectory(cwd))
})
