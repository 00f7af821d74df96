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

void t.test(
  'a list of strings is a claim with several values, and any other list is mistyped',
  async (t) => {
    const { lists, claims, mistyped } = read('{"groups":["a","b"]}')
    t.same([...lists], [['groups', ['a', 'b']]])
    t.equal(claims.size, 0)
    t.same(mistyped, [])
    t.same([...read('{"groups":[]}').lists], [['groups', []]])
    for (const odd of ['["a",1]', '[null]', '[["a"]]']) {
      const { lists: none, mistyped: named } = read(`{"groups":${odd}}`)
      t.same([none.size, named], [0, ['groups']], odd)
    }
  },
)

void t.test('rules may know a claim by another name', async (t) => {
  const renamed = new Map<string, ClaimRow>([
    ['sub', { set: 'pinnable', types: ['string'], as: 'user_id' }],
    ['teams', { set: 'label', types: ['array'], as: 'groups' }],
  ])
  const { claims, lists } = readClaims(renamed, { sub: '7', teams: ['a'], user_id: '8' })
  t.same([...claims], [['user_id', '7']])
  t.same([...lists], [['groups', ['a']]])
})
