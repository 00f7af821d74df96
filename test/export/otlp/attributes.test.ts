import t from 'tap'
import { logAttributes } from '../../../src/export/otlp/attributes.ts'
import { sampleEntries } from '../../support/sample-entries.ts'

t.test(
  'fields are attributes, those within objects by their path, and lists are kept',
  async (t) => {
    const { allowed, refused, identity } = sampleEntries
    t.match(logAttributes(allowed), {
      'sallyport.id': allowed.id,
      'sallyport.seq': 4,
      'sallyport.kind': 'decision',
      'sallyport.outcome': 'allowed',
      'sallyport.rules': ['ledger-main'],
      'sallyport.needs': allowed.needs,
      'sallyport.bytes': 585,
    })
    t.match(logAttributes(refused), {
      'sallyport.shadow.rule': 'wider',
      'sallyport.stale_keys': true,
    })
    t.match(logAttributes(identity), {
      'sallyport.claims.project_path': 'acme/payments/ledger-workers',
      'sallyport.claims.environment': '',
      'sallyport.guards': [],
    })
  },
)

t.test('what callers choose is never the name of an attribute', async (t) => {
  const { refusals, policyRefused } = sampleEntries
  const attributes = logAttributes(refusals)
  t.same(attributes['sallyport.peers'], refusals.peers)
  t.same(attributes['sallyport.methods'], refusals.methods)
  t.notOk(Object.keys(attributes).some((name) => name.includes('203.0.113')))
  t.same(logAttributes(policyRefused)['sallyport.problems'], policyRefused.problems)
})

t.test('what no journal writes comes to something, too', async (t) => {
  const half = 'a\ud800b'
  const hostile = JSON.parse(`{
    "none": null,
    "half": ${JSON.stringify(half)},
    "__proto__": { "polluted": true },
    "claims": { "__proto__": 1, "x\\ud800": ["y\\ud800"] },
    "peers": { "__proto__": 2, "z\\ud800": 3 }
  }`) as Record<string, unknown>
  const attributes = logAttributes(hostile)
  t.same(Object.entries(attributes).slice(0, 5), [
    ['sallyport.none', null],
    ['sallyport.half', 'a\ufffdb'],
    ['sallyport.__proto__.polluted', true],
    ['sallyport.claims.__proto__', 1],
    ['sallyport.claims.x\ufffd', ['y\ufffd']],
  ])
  t.same(JSON.stringify(attributes['sallyport.peers']), '{"__proto__":2,"z\ufffd":3}')
  t.equal(Reflect.get({}, 'polluted'), undefined)
  t.same(logAttributes({ absent: undefined }), { 'sallyport.absent': {} })
})

for (const [name, open, close] of [
  ['objects', '{"a":', '}'],
  ['lists', '[', ']'],
] as const) {
  t.test(`${name} that nest without end are cut`, async (t) => {
    const depth = 5_000
    const text = `{"deep":${open.repeat(depth)}1${close.repeat(depth)}}`
    const attributes = logAttributes(JSON.parse(text) as Record<string, unknown>)
    t.match(JSON.stringify(attributes), /^.{0,80}…/)
  })
}
