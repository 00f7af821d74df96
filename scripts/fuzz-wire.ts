import { fuzzBytes, fuzzModel } from '../test/support/wire-fuzz.ts'

/**
 * Fuzzes the wire at length: `npm run fuzz`. FUZZ_ITERATIONS says how long, FUZZ_SEED where it begins;
 * the same seed gives the same bytes. Of a hundred seeds, 98 are bytes to one connection, and two are
 * whole exchanges between two.
 */

const iterations = Number(process.env['FUZZ_ITERATIONS'] ?? 2_000_000)
const first = Number(process.env['FUZZ_SEED'] ?? 1)
const reportEvery = 50_000

const started = performance.now()
for (let index = 0; index < iterations; index++) {
  const seed = first + index
  const isModel = index % 100 < 2
  const wrong = isModel ? fuzzModel(seed) : fuzzBytes(seed)
  if (wrong !== undefined) {
    console.error(`${isModel ? 'model' : 'bytes'}, FUZZ_SEED=${seed}: ${wrong}`)
    process.exitCode = 1
    break
  }
  if ((index + 1) % reportEvery === 0) {
    const seconds = Math.round((performance.now() - started) / 1000)
    const megabytes = Math.round(process.memoryUsage().rss / 2 ** 20)
    console.log(`${index + 1} of ${iterations}, ${seconds} s, ${megabytes} MB`)
  }
}
