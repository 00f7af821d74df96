import t from 'tap'
import type { z } from 'zod'
import {
  address,
  byteCount,
  byteSize,
  duration,
  durationMs,
  filePath,
  issuerUrl,
  name,
  optionalPath,
  siteUrl,
  webUrl,
} from '../../src/config/values.ts'

const cases: readonly [
  what: string,
  shape: z.ZodType,
  good: readonly unknown[],
  bad: readonly unknown[],
][] = [
  [
    'a duration',
    duration,
    ['1s', '90s', '30m', '1h', '7d', '999999d'],
    ['', '0s', '01h', '1', '1h30m', '1.5h', '-1h', '1 h', '1H', '1w', '1000000s', 3_600],
  ],
  [
    'an address',
    address,
    ['127.0.0.1:7443', '0.0.0.0:0', '[::1]:7443', 'frontend.temporal:65535', 'a:1'],
    [
      '',
      '7443',
      ':7443',
      'host',
      'host:',
      'host:65536',
      'host:123456',
      'host:-1',
      'host:7443/',
      'http://host:1',
      '::1:7443',
      '[::1]',
      '[]:1',
      'a b:1',
      'host:1\n',
      'host:0x1',
    ],
  ],
  [
    'an issuer',
    issuerUrl,
    [
      'https://gitlab.com',
      'https://gitlab.acme.example:8443/git',
      'http://127.0.0.1:9000',
      'http://localhost:1',
      'http://[::1]:1',
    ],
    [
      '',
      'gitlab.com',
      'http://gitlab.com',
      'https://',
      'ftp://gitlab.com',
      'https://gitlab.com?x=1',
      'https://gitlab.com#x',
      ' https://gitlab.com',
      'https://gitlab.com\n',
      'http://127.0.0.1.evil.example',
      'http://localhost.evil.example',
    ],
  ],
  [
    'a size',
    byteSize,
    ['1KiB', '64KiB', '128MiB', '9999GiB'],
    ['', '0KiB', '01MiB', '1', '1MB', '1.5MiB', '-1MiB', '1 MiB', '1mib', '1TiB', '10000KiB', 1024],
  ],
  [
    'a URL to send to',
    webUrl,
    ['https://collector.acme.example/v1/logs', 'https://a', 'http://localhost:4318/v1/logs'],
    ['', 'a', 'http://collector.acme.example', 'https://a?token=x', 'https://u:p@a', 'https://u@a'],
  ],
  [
    'a site',
    siteUrl,
    ['https://audit.acme.example', 'https://audit.acme.example:8443/', 'http://127.0.0.1:9443'],
    ['', 'https://a/b', 'http://audit.acme.example', 'https://u@a', 'https://a?b'],
  ],
  ['a file', filePath, ['tls.crt', '/etc/x', '..'], ['', 3]],
  [
    'a name',
    name,
    ['a', 'gitlab', 'gitlab.com', 'A-1_b.c', 'x'.repeat(63)],
    ['', '-a', '.a', '_a', 'a b', 'a/b', 'a:b', 'ä', 'a\n', 'x'.repeat(64)],
  ],
]

for (const [what, shape, good, bad] of cases) {
  void t.test(`${what} is told from what only looks like one`, async (t) => {
    for (const value of good) t.ok(shape.safeParse(value).success, JSON.stringify(value))
    for (const value of bad) t.notOk(shape.safeParse(value).success, JSON.stringify(value))
  })
}

void t.test('each message says what to write instead', async (t) => {
  for (const [what, shape] of cases) {
    const [issue] = shape.safeParse('').error?.issues ?? []
    t.match(issue?.message, /^is (not|empty).*; (write|use) /, what)
  }
})

void t.test('a duration has so many milliseconds', async (t) => {
  t.strictSame(['2s', '3m', '1h', '1d'].map(durationMs), [2_000, 180_000, 3_600_000, 86_400_000])
})

void t.test('a size has so many bytes', async (t) => {
  t.strictSame(['1KiB', '64MiB', '2GiB'].map(byteCount), [1024, 67_108_864, 2_147_483_648])
})

t.test('a path that was left out stays out', async (t) => {
  const path = (file: string) => `/etc/sallyport/${file}`
  t.equal(optionalPath('ca.pem', path), '/etc/sallyport/ca.pem')
  t.equal(optionalPath(undefined, path), undefined)
})
