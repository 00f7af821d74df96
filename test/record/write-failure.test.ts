import t from 'tap'
import { explainWriteFailure } from '../../src/record/write-failure.ts'

const advice = {
  ENOSPC: 'the disk of audit directory /a is full; free some space or enlarge it (ENOSPC)',
  EDQUOT: 'the disk of audit directory /a is full; free some space or enlarge it (EDQUOT)',
  EROFS: 'audit directory /a is on a read-only file system; mount it writable (EROFS)',
  EACCES: 'audit directory /a may not be written; make its owner the user that runs Sallyport',
  EPERM: 'audit directory /a may not be written; make its owner the user that runs Sallyport',
  ENOENT: 'audit directory /a is missing; create it again, or mount its volume (ENOENT)',
  ENOTDIR: 'audit directory /a is not a directory; move that file away, or name another (ENOTDIR)',
  EEXIST: 'audit directory /a is not a directory; move that file away, or name another (EEXIST)',
  EIO: 'the disk of audit directory /a fails; look at the system log (EIO)',
  ETIMEDOUT: 'the disk of audit directory /a does not answer in time; look at its load',
  EBADF: '/a: bad descriptor',
}

for (const [code, words] of Object.entries(advice)) {
  void t.test(`${code} comes with what to do about it`, async (t) => {
    const error = Object.assign(new Error('bad descriptor'), { code })
    t.ok(explainWriteFailure(error, '/a').startsWith(words))
  })
}

void t.test('an error that speaks for itself is left as it is', async (t) => {
  t.equal(explainWriteFailure(new Error('in use by another'), '/a'), 'in use by another')
  t.equal(explainWriteFailure('odd', '/a'), 'odd')
})
