import t from 'tap'
import { isForeign } from '../../../src/review/pages/foreign.ts'

const own = { host: 'ops.example:9443' }
const navigation = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }

const cases = [
  ['a program reads', 'GET', own, false],
  ['a program posts', 'POST', own, true],
  ['a person types the address', 'GET', { ...own, 'sec-fetch-site': 'none' }, false],
  ['the page loads its script', 'GET', { ...own, 'sec-fetch-site': 'same-origin' }, false],
  [
    'the page sends a form',
    'POST',
    { ...own, 'sec-fetch-site': 'same-origin', origin: 'null' },
    false,
  ],
  [
    'a link elsewhere is followed',
    'GET',
    { ...own, 'sec-fetch-site': 'cross-site', ...navigation },
    false,
  ],
  [
    'another site sends a form',
    'POST',
    { ...own, 'sec-fetch-site': 'cross-site', ...navigation },
    true,
  ],
  [
    'a sibling site sends a form',
    'POST',
    { ...own, 'sec-fetch-site': 'same-site', ...navigation },
    true,
  ],
  ['a bookmark posts', 'POST', { ...own, 'sec-fetch-site': 'none', ...navigation }, true],
  [
    'another site loads it as an image',
    'GET',
    { ...own, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' },
    true,
  ],
  [
    'another site frames it',
    'GET',
    {
      ...own,
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'iframe',
    },
    true,
  ],
  ['an old browser sends our form', 'POST', { ...own, origin: 'https://ops.example:9443' }, false],
  [
    'an old browser sends a form of others',
    'POST',
    { ...own, origin: 'https://evil.example' },
    true,
  ],
  ['an old browser does not say whose form', 'POST', { ...own, origin: 'null' }, true],
  ['there is no host', 'POST', { origin: 'https://ops.example:9443' }, true],
  [
    'a form of others claims to be ours',
    'POST',
    { ...own, 'sec-fetch-site': 'cross-site', origin: 'https://ops.example:9443' },
    true,
  ],
] as const

for (const [name, method, headers, foreign] of cases) {
  t.test(`${name}: ${foreign ? 'refused' : 'let in'}`, async (t) => {
    t.equal(isForeign(method, headers), foreign)
  })
}
