import t from 'tap'
import { readClaims, type ClaimRow } from '../../../src/identify/claims/claim-table.ts'

const table = new Map<string, ClaimRow>([
  ['id', { set: 'pinnable', types: ['string'] }],
  ['count', { set: 'matchable', types: ['integer'] }],
  ['level', { set: 'label', types: ['string', 'null'] }],
  ['when', { set: 'ignored', types: ['number'] }],
  ['secret', { set: 'ignored', types: ['string'] }],
  ['groups', { set: 'matchable', types: ['array'] }],
  ['config', { set: 'matchable', types: ['object'] }],
  ['flag', { set: 'matchable', types: ['boolean'] }],
])

const read = (json: string) => readClaims(table, JSON.parse(json) as object)

void t.test(
  'strings stay, integers become decimal strings, ignored claims are left out',
  async (t) => {
    const { claims, unknown, mistyped } = read(
      '{"id":"007","count":12270852,"level":"owner","when":1.5,"secret":"s"}',
    )
    t.same(
      [...claims],
      [
        ['id', '007'],
        ['count', '12270852'],
        ['level', 'owner'],
      ],
    )
    t.same([unknown, mistyped], [[], []])
  },
)

void t.test('null means absent where the table knows of it', async (t) => {
  const { claims, mistyped } = read('{"level":null,"id":null}')
  t.same([...claims], [])
  t.same(mistyped, ['id'])
})

void t.test(
  'arrays, objects and booleans are no claims, and no surprise where the table has them',
  async (t) => {
    const { claims, unknown, mistyped } = read('{"groups":["a"],"config":{"a":1},"flag":true}')
    t.same([[...claims], unknown, mistyped], [[], [], []])
  },
)

const otherTypes: readonly [name: string, json: string][] = [
  ['id', '7'],
  ['id', 'true'],
  ['id', '["7"]'],
  ['id', '{"toString":"7"}'],
  ['count', '"7"'],
  ['count', '7.5'],
  ['count', '9007199254740993'],
  ['count', '1e999'],
  ['when', '"1"'],
  ['groups', '{"length":0}'],
  ['config', '[]'],
  ['config', 'null'],
  ['flag', '"true"'],
]

for (const [name, json] of otherTypes) {
  void t.test(`${name} as ${json} is left out and reported`, async (t) => {
    const { claims, unknown, mistyped } = read(`{"${name}":${json}}`)
    t.same([[...claims], unknown, mistyped], [[], [], [name]])
  })
}

void t.test('names of object members are unknown claims like any other', async (t) => {
  const { claims, unknown } = read(
    '{"__proto__":{"id":"7"},"constructor":"x","toString":"y","hasOwnProperty":"z"}',
  )
  t.same(unknown, ['__proto__', 'constructor', 'toString', 'hasOwnProperty'])
  t.equal(claims.get('id'), undefined)
  t.equal(claims.get('constructor'), undefined)
  t.equal(claims.size, 0)
})
