import t from 'tap'
import { createClaimWatch } from '../../src/identify/claim-watch.ts'
import type { KeySetEvent } from '../../src/identify/key-set-event.ts'

function watchAndCollect() {
  const events: KeySetEvent[] = []
  const watch = createClaimWatch({ issuer: 'gitlab', report: (event) => void events.push(event) })
  const see = (unknown: string[], mistyped: string[] = []) =>
    watch({ claims: new Map(), unknown, mistyped })
  return { events, see }
}

void t.test('each name is reported once, as what is wrong with it', async (t) => {
  const { events, see } = watchAndCollect()
  see(['planet', 'moon'], ['sha'])
  see(['planet'], ['sha'])
  see(['sha'])
  t.same(events, [
    { kind: 'claim_unknown', issuer: 'gitlab', claim: 'planet' },
    { kind: 'claim_unknown', issuer: 'gitlab', claim: 'moon' },
    { kind: 'claim_mistyped', issuer: 'gitlab', claim: 'sha' },
    { kind: 'claim_unknown', issuer: 'gitlab', claim: 'sha' },
  ])
})

void t.test('names are made printable, and only so many are remembered', async (t) => {
  const { events, see } = watchAndCollect()
  see(['a\nb', 'x'.repeat(1000)])
  t.same(
    events.map((event) => 'claim' in event && event.claim),
    ['a\\u{a}b', `${'x'.repeat(64)}…`],
  )
  for (let n = 0; n < 500; n++) see([`claim-${n}`])
  t.equal(events.length, 100)
})
