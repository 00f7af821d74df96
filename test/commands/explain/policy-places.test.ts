import t from 'tap'
import { createPlaces } from '../../../src/commands/explain/policy-places.ts'
import { parseYaml } from '../../../src/config/yaml-file.ts'
import { samplePolicy } from '../../support/explain.ts'

const placeOf = createPlaces(parseYaml('p.yaml', samplePolicy).yaml)

void t.test('rules, their tests and grants have places', async (t) => {
  t.same(placeOf('main'), { file: 'p.yaml', line: 3, column: 5, path: 'machines[0]' })
  t.match(placeOf('main', 'match', 'ref'), { line: 8, column: 7, path: 'machines[0].match.ref' })
  t.match(placeOf('main', 'grants', 0), { line: 11, column: 9 })
  t.match(placeOf('main', 'grants', 0, 'role'), { line: 12, column: 9 })
  t.match(placeOf('gone', 'match'), { path: 'denials[0].match' })
})

void t.test('what is not there has the place of what it would stand in', async (t) => {
  t.match(placeOf('main', 'allow'), { line: 3 })
  t.equal(placeOf('unknown'), undefined)
})
