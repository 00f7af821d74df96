import { readFileSync } from 'node:fs'
import t from 'tap'
import { NoAnswer } from '../../../src/audit/no-answer.ts'
import { codeOf, explainFailure } from '../../../src/commands/audit/failure.ts'
import { UsageError } from '../../../src/commands/explain/usage-error.ts'

const failure = (fields: object) => Object.assign(new Error('failed'), fields)

void t.test('what is wrong with a question or a file is said', async (t) => {
  t.equal(explainFailure(new UsageError('write more')), 'write more')
  t.equal(explainFailure(new NoAnswer('there is none')), 'there is none')
  t.equal(
    explainFailure(failure({ code: 'EACCES', path: '/audit' })),
    '/audit cannot be read or written (EACCES)',
  )
  t.equal(
    explainFailure(failure({ code: 'EIO' })),
    'a file of the journal cannot be read or written (EIO)',
  )
  t.equal(
    explainFailure(failure({ code: 'EEXIST', path: 'it.tar.gz' })),
    'it.tar.gz is there already; name another file',
  )
})

void t.test('a bug is not dressed up', async (t) => {
  const bug = new TypeError('a bug')
  t.throws(() => explainFailure(bug), bug)
})

void t.test('errors of the system have a code', async (t) => {
  t.equal(codeOf(new Error('none')), undefined)
  t.equal(codeOf('text'), undefined)
  try {
    readFileSync('/nowhere')
  } catch (error) {
    t.equal(codeOf(error), 'ENOENT')
  }
})
