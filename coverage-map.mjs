// Coverage of a source counts only from the test that mirrors it; tests of the whole count for none.
export default (test) =>
  /^test\/(e2e|house|package)\//.test(test)
    ? null
    : test.replace(/^test\//, 'src/').replace(/\.test\.ts$/, '.ts')
