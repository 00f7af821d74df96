import t from 'tap'
import { everything, passes, type FieldTest } from '../../../src/audit/filter/filter.ts'
import { compilePattern } from '../../../src/core/pattern.ts'
import { sampleEntries as samples } from '../../support/sample-entries.ts'

const of = (fields: string[], ...patterns: string[]): FieldTest => ({
  fields,
  patterns: patterns.map(compilePattern),
})

t.test('one of the fields matches one of the patterns', async (t) => {
  const rows: [FieldTest, object, boolean][] = [
    [of(['namespace'], 'payments'), samples.allowed, true],
    [of(['namespace'], 'risk', 'pay*'), samples.allowed, true],
    [of(['namespace'], 'pay'), samples.allowed, false],
    [of(['project_path', 'project_id'], '48210377'), samples.allowed, true],
    [of(['project_path'], 'acme/*'), samples.identity, true],
    [of(['claims'], 'job_id'), samples.identity, true],
    [of(['method', 'methods'], 'StartWorkflowExecution'), samples.refusals, true],
    [of(['verbs'], 'start'), samples.allowed, true],
    [of(['seq'], '4'), samples.allowed, false],
    [of(['rule'], '*'), samples.noMethod, false],
    [of(['rule'], '*'), { rule: null, claims: null }, false],
    [of(['a'], 'b'), { claims: { a: 1 } }, false],
  ]
  for (const [test, entry, passed] of rows) {
    t.equal(passes([test], entry as never), passed, JSON.stringify(test))
  }
})

t.test('all tests must hold, and no test takes everything', async (t) => {
  const both = [of(['namespace'], 'payments'), of(['rule'], 'other')]
  t.notOk(passes(both, samples.allowed))
  t.ok(passes(everything.own, samples.stop))
})
