import t from 'tap'
import { fuzzBytes, fuzzModel } from '../support/wire-fuzz.ts'

const seed = Number(process.env['FUZZ_SEED'] ?? 20_261_123)

/** Runs seeds, and names the first few that went wrong. */
function run(fuzz: (seed: number) => string | undefined, count: number): string[] {
  const wrong: string[] = []
  for (let at = seed; at < seed + count && wrong.length < 3; at++) {
    const found = fuzz(at)
    if (found !== undefined) wrong.push(`seed ${at}: ${found}`)
  }
  return wrong
}

t.test('whatever bytes come, a connection is open or ends as it may', async (t) => {
  t.comment(`FUZZ_SEED=${seed}`)
  t.same(run(fuzzBytes, 10_000), [])
})

t.test(
  'two connections tell each other what was sent, however it is cut and delayed',
  async (t) => {
    t.same(run(fuzzModel, 500), [])
  },
)
