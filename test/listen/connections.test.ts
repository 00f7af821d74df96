import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import t from 'tap'
import { Connections } from '../../src/listen/connections.ts'
import { limitsWith } from '../support/limits.ts'

function socketOf(remoteAddress?: string) {
  const socket = Object.assign(new EventEmitter(), {
    remoteAddress,
    isDestroyed: false,
    destroy() {
      socket.isDestroyed = true
      socket.emit('close')
    },
  })
  return socket
}

function start(connectionsMax: number, connectionsPerPeerMax: number) {
  const observed: string[] = []
  const limits = limitsWith({ connectionsMax, connectionsPerPeerMax })
  const connections = new Connections(limits, (reason) => observed.push(reason))
  const add = (peer?: string) => {
    const socket = socketOf(peer)
    connections.add(socket as unknown as Socket)
    return socket
  }
  return { connections, observed, add }
}

void t.test('one address has a share of the connections only', async (t) => {
  const { connections, observed, add } = start(5, 2)
  const [first] = [add('10.0.0.1'), add('10.0.0.1')]
  t.ok(add('10.0.0.1').isDestroyed)
  t.notOk(add('10.0.0.2').isDestroyed)
  t.same(observed, ['connections_per_peer'])
  first?.destroy()
  t.notOk(add('10.0.0.1').isDestroyed, 'its share is free again')
  t.equal(connections.size, 3)
})

void t.test('an IPv6 host that comes from another address each time is still one', async (t) => {
  const { observed, add } = start(9, 2)
  const cut = ['2001:db8::1', '2001:db8::2', '2001:db8::3'].map((address) => add(address))
  t.same(
    cut.map(({ isDestroyed }) => isDestroyed),
    [false, false, true],
  )
  t.same(observed, ['connections_per_peer'])
  t.notOk(add('2001:db8:0:1::1').isDestroyed)
})

void t.test('all addresses together have so many', async (t) => {
  const { connections, observed, add } = start(2, 2)
  const sockets = [add('10.0.0.1'), add()]
  t.ok(add('10.0.0.3').isDestroyed)
  t.same(observed, ['connections'])
  for (const socket of sockets) socket.destroy()
  t.equal(connections.size, 0)
  t.notOk(add('10.0.0.3').isDestroyed)
})

void t.test('a connection that breaks is closed, and all can be cut', async (t) => {
  const { connections, add } = start(9, 9)
  const [broken, whole] = [add('10.0.0.1'), add('10.0.0.1')]
  broken?.emit('error', new Error('ECONNRESET'))
  t.ok(broken?.isDestroyed)
  t.equal(connections.size, 1)
  connections.cut()
  t.ok(whole?.isDestroyed)
  t.equal(connections.size, 0)
})
