import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { inTime, slowDisk, systemDisk } from '../../src/record/disk.ts'

const hasty = { ...systemDisk, deadlineMs: 1 }

void t.test('the system’s disk makes a file durable, or says why not', async (t) => {
  const descriptor = openSync(join(t.testdir({ file: 'x' }), 'file'), 'r+')
  await systemDisk.syncData(descriptor)
  closeSync(descriptor)
  await t.rejects(systemDisk.syncData(descriptor), { code: 'EBADF' })
})

void t.test('what ends in time ends as it does', async (t) => {
  t.equal(await inTime(Promise.resolve(7), systemDisk), 7)
  await t.rejects(inTime(Promise.reject(new Error('no')), systemDisk), { message: 'no' })
})

void t.test('what does not end in time is a slow disk, however it ends', async (t) => {
  for (const end of ['resolve', 'reject'] as const) {
    const work = Promise.withResolvers<unknown>()
    await t.rejects(inTime(work.promise, hasty), { code: 'ETIMEDOUT' })
    work[end](new Error('late'))
  }
  t.match(slowDisk(systemDisk), { message: 'the disk does not answer within 5 s' })
})
