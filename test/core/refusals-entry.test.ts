import t from 'tap'
import { refusalsEntry } from '../../src/core/refusals-entry.ts'

const counted = {
  at: Date.UTC(2026, 10, 23, 9, 14, 3),
  code: 'signature_invalid',
  count: 12,
  firstAt: Date.UTC(2026, 10, 23, 9, 14, 2, 113),
  lastAt: Date.UTC(2026, 10, 23, 9, 14, 2, 980),
  peers: new Map([
    ['10.4.2.17', 7],
    ['fd00::1', 3],
  ]),
  methods: new Map([['StartWorkflowExecution', 12]]),
} as const

void t.test('refusals that were counted say how many, when, from where and for what', async (t) => {
  t.equal(
    JSON.stringify(refusalsEntry(counted)),
    JSON.stringify({
      time: '2026-11-23T09:14:03.000Z',
      kind: 'refusals',
      outcome: 'refused',
      code: 'signature_invalid',
      count: 12,
      first_time: '2026-11-23T09:14:02.113Z',
      last_time: '2026-11-23T09:14:02.980Z',
      peers: { '10.4.2.17': 7, 'fd00::1': 3 },
      other_peers: 2,
      methods: { StartWorkflowExecution: 12 },
    }),
  )
})

void t.test('where nothing is named, all are others', async (t) => {
  const entry = refusalsEntry({ ...counted, peers: new Map(), methods: new Map() })
  t.match(entry, { other_peers: 12, other_methods: 12, peers: undefined, methods: undefined })
})

void t.test('an odd name of a peer is a name', async (t) => {
  const entry = refusalsEntry({ ...counted, peers: new Map([['__proto__', 12]]) })
  t.match(JSON.stringify(entry), /"peers":\{"__proto__":12\}/)
})
