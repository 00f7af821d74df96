import t from 'tap'
import { isFromThisMachine, isLoopbackHost } from '../../src/review/loopback.ts'

void t.test('these hosts are this machine, and no others', async (t) => {
  for (const host of ['localhost', '127.0.0.1', '127.1.2.3', '::1'])
    t.ok(isLoopbackHost(host), host)
  const others = ['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.evil.example', 'localhost.evil.example']
  for (const host of [...others, '', 'xlocalhost', '1127.0.0.1', '127.0.0', '::ffff:10.0.0.1']) {
    t.notOk(isLoopbackHost(host), host)
  }
})

const arrival = { peer: '127.0.0.1', port: 9443, headers: { host: 'localhost:9443' } }

void t.test('somebody at this machine is let in under each of its names', async (t) => {
  for (const host of ['localhost:9443', 'LOCALHOST:9443', '127.0.0.1:9443', '[::1]:9443']) {
    t.ok(isFromThisMachine({ ...arrival, headers: { host } }), host)
  }
  for (const peer of ['127.0.0.1', '::1', '::ffff:127.0.0.1', '127.9.9.9']) {
    t.ok(isFromThisMachine({ ...arrival, peer }), peer)
  }
  t.ok(isFromThisMachine({ ...arrival, port: 80, headers: { host: 'localhost' } }))
})

const hosts = [
  undefined,
  '',
  'localhost',
  'localhost:9444',
  'localhost:094430',
  'localhost:9443:9443',
  'localhost:9443/x',
  'localhost:',
  'evil.example:9443',
  'localhost.evil.example:9443',
  '127.0.0.1.nip.io:9443',
  'evil.example@localhost:9443',
  '[::2]:9443',
  '10.0.0.1:9443',
  '0.0.0.0:9443',
]

for (const host of hosts) {
  void t.test(`a page elsewhere whose name leads here is not: ${host}`, async (t) => {
    t.notOk(isFromThisMachine({ ...arrival, headers: { host } }))
  })
}

void t.test('a connection from elsewhere is not, whatever it says', async (t) => {
  for (const peer of ['10.0.0.1', '::ffff:10.0.0.1', '192.168.1.1', 'fe80::1', '']) {
    t.notOk(isFromThisMachine({ ...arrival, peer }), peer)
  }
})

void t.test('what a proxy on this machine passes on is not', async (t) => {
  const names = [
    'forwarded',
    'x-forwarded-for',
    'x-forwarded-host',
    'x-forwarded-proto',
    'x-real-ip',
    'via',
  ]
  for (const name of names) {
    const headers = { ...arrival.headers, [name]: '127.0.0.1' }
    t.notOk(isFromThisMachine({ ...arrival, headers }), name)
  }
})
