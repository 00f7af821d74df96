import t from 'tap'
import { installH2spec, readExceptions, runH2spec, targets } from '../../scripts/h2spec.ts'
import { lastWords } from '../support/outside-tap.ts'

const binary = await installH2spec().then(
  (path) => ({ path, missing: false as const }),
  (error: Error) => ({ path: '', missing: lastWords(error) }),
)

/** How many cases this version of h2spec has without the strict ones. */
const caseCount = 145

for (const target of targets) {
  void t.test(
    `h2spec passes against the ${target}, but for what cannot apply`,
    { skip: binary.missing },
    async (t) => {
      const { passed, failed, skipped } = await runH2spec(binary.path, target)
      t.equal(passed.length + failed.length + skipped.length, caseCount)
      const exceptions = Object.keys(readExceptions()[target])
      t.same([...failed, ...skipped].toSorted(), exceptions.toSorted())
    },
  )
}

t.test('whatever cannot apply to the listener is proved on the wire below it', async (t) => {
  const { listener, wire, ...tls } = readExceptions()
  t.same(wire, {})
  t.same(tls['wire-tls'], {})
  for (const reason of Object.values({ ...listener, ...tls['listener-tls'] })) t.ok(reason)
})
