import t from 'tap'
import { didYouMean } from '../../src/config/did-you-mean.ts'

const claims = ['project_id', 'project_path', 'ref', 'ref_type', 'ref_protected', 'user_id']

const close: readonly [typed: string, meant: string][] = [
  ['project-id', 'project_id'],
  ['projectid', 'project_id'],
  ['Project_Id', 'project_id'],
  ['porject_path', 'project_path'],
  ['reff', 'ref'],
  ['refs_protected', 'ref_protected'],
  ['ref_typ', 'ref_type'],
]

for (const [typed, meant] of close) {
  void t.test(`who types ${typed} means ${meant}`, async (t) => {
    t.equal(didYouMean(typed, claims), `did you mean ${meant}?`)
  })
}

void t.test('nothing is suggested where nothing is close', async (t) => {
  for (const typed of ['protected_ref', 'environment', 'branch', '']) {
    t.equal(didYouMean(typed, claims.slice(0, 2)), '', typed)
  }
  t.equal(didYouMean('ref', []), '')
})

void t.test('the closest is suggested, and the first of two that are as close', async (t) => {
  t.equal(didYouMean('abcd', ['abxx', 'abcx', 'abce']), 'did you mean abcx?')
})

void t.test('a long name may differ in more places than a short one', async (t) => {
  t.equal(didYouMean('completion', ['kompletions1']), 'did you mean kompletions1?')
  t.equal(didYouMean('abc', ['xyz']), '')
})
