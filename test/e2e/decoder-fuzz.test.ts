import t from 'tap'
import { isRefusal } from '../../src/core/refusal.ts'
import { methods } from '../../src/temporal/methods.ts'
import { factsOf, needsOf } from '../../src/temporal/needs.ts'
import { objectionsTo } from '../../src/temporal/objections.ts'
import { readRequest } from '../../src/temporal/read-request.ts'
import { textAt } from '../../src/temporal/reading.ts'
import { requestShapes } from '../../src/temporal/request-shapes.ts'
import { mutate } from '../support/mutate-message.ts'
import { officialReading, requestTypes } from '../support/official-reading.ts'
import { createRandom } from '../support/random.ts'
import { sampleRequest } from '../support/sample-request.ts'

const messageCount = Number(process.env['FUZZ_MESSAGES'] ?? 200_000)
const seed = Number(process.env['FUZZ_SEED'] ?? 20_260_729)

/** Requests with messages in messages that are read: most of the bytes start from these. */
const nesting = methods.filter(({ name }) =>
  requestShapes[name]?.values().some((field) => field.shape?.values().some(({ shape }) => shape)),
)
const samplesPerMethod = 12

t.test(
  'what is decided on is what the official decoder reads, however odd the bytes',
  async (t) => {
    t.comment(`FUZZ_SEED=${seed} FUZZ_MESSAGES=${messageCount}`)
    const random = createRandom(seed)
    const samples = new Map(
      methods.map(({ name }) => {
        const type = requestTypes.get(name)!
        return [name, Array.from({ length: samplesPerMethod }, () => sampleRequest(type, random))]
      }),
    )
    const counts = { accepted: 0, compared: 0, disagreed: 0 }
    for (let index = 0; index < messageCount && counts.disagreed < 10; index++) {
      const method = random.oneOf(random.below(10) < 6 ? nesting : methods)
      const type = requestTypes.get(method.name)!
      const known = samples.get(method.name)!
      let message = random.oneOf(known)
      for (let changes = 1 + random.below(3); changes > 0; changes--) {
        message = mutate(message, type, { random, other: random.oneOf(known) })
      }
      const call = readRequest({ method, message, metadata: [], deadline: undefined })
      if (isRefusal(call)) continue
      counts.accepted++
      const shape = requestShapes[method.name]!
      const reading = officialReading(message, type, shape)
      if (reading === undefined) continue
      counts.compared++
      const { namespace, needs, facts, objections } = call
      const ours = JSON.stringify({ namespace, needs, facts, objections })
      const theirs = JSON.stringify({
        namespace: textAt(reading, 'namespace'),
        needs: needsOf(method, shape, reading),
        facts: factsOf(reading),
        objections: objectionsTo(method, reading),
      })
      if (ours === theirs) continue
      counts.disagreed++
      t.equal(ours, theirs, `${method.name} ${Buffer.from(message).toString('hex')}`)
    }
    t.comment(JSON.stringify(counts))
    t.equal(counts.disagreed, 0, 'the two never disagree')
    t.ok(counts.compared > messageCount / 10, 'many of the messages are accepted, and so compared')
  },
)
