/** A header block of RFC 7541, appendix C, and what it leaves behind. */
export interface HpackExample {
  readonly section: string
  readonly hex: string
  readonly list: readonly string[]
  /** Bytes of the dynamic table afterwards. */
  readonly tableBytes: number
  /** The dynamic table afterwards, newest first. */
  readonly table: readonly string[]
}

/** Blocks that were encoded one after the other in one context. */
export interface HpackExamples {
  readonly title: string
  readonly tableBytesMax: number
  readonly isHuffman: boolean
  readonly blocks: readonly HpackExample[]
}

const authority = [':authority', 'www.example.com']
const noCache = ['cache-control', 'no-cache']
const custom = ['custom-key', 'custom-value']
const first = [':method', 'GET', ':scheme', 'http', ':path', '/', ...authority]
const third = [':method', 'GET', ':scheme', 'https', ':path', '/index.html', ...authority]

function requests(title: string, isHuffman: boolean, hex: readonly string[]): HpackExamples {
  const lists = [first, [...first, ...noCache], [...third, ...custom]]
  const tables = [authority, [...noCache, ...authority], [...custom, ...noCache, ...authority]]
  return {
    title,
    tableBytesMax: 4096,
    isHuffman,
    blocks: blocksOf(title, hex, lists, tables, [57, 110, 164]),
  }
}

const early = ['date', 'Mon, 21 Oct 2013 20:13:21 GMT']
const late = ['date', 'Mon, 21 Oct 2013 20:13:22 GMT']
const location = ['location', 'https://www.example.com']
const isPrivate = ['cache-control', 'private']
const gzip = ['content-encoding', 'gzip']
const cookie = ['set-cookie', 'foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1']

function responses(title: string, isHuffman: boolean, hex: readonly string[]): HpackExamples {
  const lists = [
    [':status', '302', ...isPrivate, ...early, ...location],
    [':status', '307', ...isPrivate, ...early, ...location],
    [':status', '200', ...isPrivate, ...late, ...location, ...gzip, ...cookie],
  ]
  const tables = [
    [...location, ...early, ...isPrivate, ':status', '302'],
    [':status', '307', ...location, ...early, ...isPrivate],
    [...cookie, ...gzip, ...late],
  ]
  return {
    title,
    tableBytesMax: 256,
    isHuffman,
    blocks: blocksOf(title, hex, lists, tables, [222, 222, 215]),
  }
}

function blocksOf(
  title: string,
  hex: readonly string[],
  lists: readonly (readonly string[])[],
  tables: readonly (readonly string[])[],
  sizes: readonly number[],
): readonly HpackExample[] {
  return hex.map((hex, at) => {
    const list = lists[at] ?? []
    const table = tables[at] ?? []
    return { section: `${title}.${at + 1}`, hex, list, table, tableBytes: sizes[at] ?? 0 }
  })
}

const single = { tableBytesMax: 4096, isHuffman: false }

/** Each of the representations on its own: appendix C.2. */
const representations: readonly HpackExample[] = [
  {
    section: 'C.2.1',
    hex: '400a637573746f6d2d6b65790d637573746f6d2d686561646572',
    list: ['custom-key', 'custom-header'],
    tableBytes: 55,
    table: ['custom-key', 'custom-header'],
  },
  {
    section: 'C.2.2',
    hex: '040c2f73616d706c652f70617468',
    list: [':path', '/sample/path'],
    tableBytes: 0,
    table: [],
  },
  {
    section: 'C.2.3',
    hex: '100870617373776f726406736563726574',
    list: ['password', 'secret'],
    tableBytes: 0,
    table: [],
  },
  { section: 'C.2.4', hex: '82', list: [':method', 'GET'], tableBytes: 0, table: [] },
]

/** Every header block of appendix C. */
export const hpackExamples: readonly HpackExamples[] = [
  ...representations.map((block) => ({ title: block.section, ...single, blocks: [block] })),
  requests('C.3', false, [
    '828684410f7777772e6578616d706c652e636f6d',
    '828684be58086e6f2d6361636865',
    '828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565',
  ]),
  requests('C.4', true, [
    '828684418cf1e3c2e5f23a6ba0ab90f4ff',
    '828684be5886a8eb10649cbf',
    '828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf',
  ]),
  responses('C.5', false, [
    '4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d54' +
      '6e1768747470733a2f2f7777772e6578616d706c652e636f6d',
    '4803333037c1c0bf',
    '88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f' +
      '3d4153444a4b48514b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b2076' +
      '657273696f6e3d31',
  ]),
  responses('C.6', true, [
    '488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f' +
      '0b97c8e9ae82ae43d3',
    '4883640effc1c0bf',
    '88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335df' +
      'dfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007',
  ]),
]
