import t from 'tap'
import { peerOf } from '../../src/listen/peer.ts'

t.test('an IPv4 address is one peer, however it is written', async (t) => {
  t.equal(peerOf('192.0.2.7'), '192.0.2.7')
  t.equal(peerOf('::ffff:192.0.2.7'), '192.0.2.7')
  t.equal(peerOf(''), '', 'whoever is gone has none')
})

t.test('all addresses of one IPv6 network of 64 bits are one peer', async (t) => {
  const peer = '2001:db8:0:7::/64'
  for (const address of [
    '2001:db8:0:7::1',
    '2001:db8:0:7:ffff:ffff:ffff:ffff',
    '2001:0db8:0000:0007:0:0:0:1',
    '2001:db8::7:1:2:3:4',
    '2001:DB8:0:7::',
  ]) {
    t.equal(peerOf(address), peer, address)
  }
  t.not(peerOf('2001:db8:0:8::1'), peer)
})

t.test('short forms are what they stand for', async (t) => {
  t.equal(peerOf('::1'), '0:0:0:0::/64')
  t.equal(peerOf('::'), '0:0:0:0::/64')
  t.equal(peerOf('64:ff9b:1::192.0.2.7'), '64:ff9b:1:0::/64')
  t.equal(peerOf('1::'), '1:0:0:0::/64')
})

t.test('IPv4 behind a translator is IPv4', async (t) => {
  t.equal(peerOf('64:ff9b::c000:207'), '192.0.2.7')
  t.equal(peerOf('64:ff9b::192.0.2.7'), '192.0.2.7')
  t.equal(peerOf('0064:ff9b:0:0:0:0:c000:0207'), '192.0.2.7')
  t.equal(peerOf('64:ff9b::'), '0.0.0.0')
})

t.test('on one link each host is one', async (t) => {
  t.equal(peerOf('fe80::1%eth0'), 'fe80::1%eth0')
  t.equal(peerOf('febf::1'), 'febf::1')
  t.equal(peerOf('fec0::1'), 'fec0:0:0:0::/64')
  t.equal(peerOf('fe8::1'), 'fe8:0:0:0::/64')
})
