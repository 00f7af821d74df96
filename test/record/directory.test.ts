import { chmodSync, existsSync, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import {
  makeDirectory,
  segmentPath,
  segmentPaths,
  syncDirectory,
  syncNames,
} from '../../src/record/directory.ts'

void t.test('makes a directory that its owner alone may read', async (t) => {
  const directory = join(t.testdir(), 'var', 'audit')
  makeDirectory(directory)
  t.equal(statSync(directory).mode & 0o777, 0o700)
})

void t.test('leaves a directory that is there as it is', async (t) => {
  const directory = join(t.testdir(), 'audit')
  mkdirSync(directory)
  chmodSync(directory, 0o750)
  makeDirectory(directory)
  t.equal(statSync(directory).mode & 0o777, 0o750)
})

void t.test('does not take a file for a directory', async (t) => {
  const directory = t.testdir({ audit: 'a file' })
  t.throws(() => makeDirectory(join(directory, 'audit')), { code: 'EEXIST' })
})

void t.test('syncs a directory, and throws where there is none', async (t) => {
  const directory = t.testdir()
  syncDirectory(directory)
  await syncNames(directory)
  t.throws(() => syncDirectory(join(directory, 'missing')), { code: 'ENOENT' })
  await t.rejects(syncNames(join(directory, 'missing')), { code: 'ENOENT' })
  t.notOk(existsSync(join(directory, 'missing')))
})

void t.test('segments are named by their first entry and listed from the oldest', async (t) => {
  const directory = t.testdir({
    '000000000010.jsonl': '',
    '000000000009.jsonl': '',
    'journal.lock': '',
    'notes.jsonl': '',
    '000000000009.jsonl.bak': '',
  })
  t.equal(segmentPath(directory, 9), join(directory, '000000000009.jsonl'))
  t.strictSame(segmentPaths(directory), [segmentPath(directory, 9), segmentPath(directory, 10)])
})
