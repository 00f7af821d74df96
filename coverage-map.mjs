// Coverage of a source counts only from the tests that mirror it: `x.test.ts`, and `x.facet.test.ts` beside it.
// Tests of the whole count for none.
export default (test) =>
  /^test\/(e2e|house|package)\//.test(test)
    ? null
    : test.replace(/^test\//, 'src/').replace(/(\.[a-z-]+)?\.test\.ts$/, '.ts')
