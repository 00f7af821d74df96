import { join } from 'node:path'
import t from 'tap'
import { isObject, readInput, readJson } from '../../../src/commands/explain/input-file.ts'

void t.test('a file is read, or it is said which option names it', async (t) => {
  const directory = t.testdir({ 'a.json': '{"x":1}', 'b.json': 'secret' })
  t.equal(await readInput('--claims', join(directory, 'b.json')), 'secret')
  t.same(await readJson('--claims', join(directory, 'a.json')), { x: 1 })
  await t.rejects(readInput('--claims', join(directory, 'none')), {
    name: 'UsageError',
    message: /^--claims .*none cannot be read \(ENOENT\); check the path$/,
  })
})

void t.test('what is not JSON is not quoted, since it may be a token', async (t) => {
  const directory = t.testdir({ 'b.json': 'secret' })
  const error = await readJson('--claims', join(directory, 'b.json')).catch(String)
  t.match(error, /b\.json is not JSON/)
  t.notMatch(error, /secret/)
})

void t.test('lists and null are no objects', async (t) => {
  t.same([{}, [], null, 'x'].map(isObject), [true, false, false, false])
})
