import t from 'tap'
import { HeldBytes, Measure, type Share } from '../../src/listen/held-bytes.ts'

const max = 1_600

/** Lets connections take as much as they may, in turn, a byte at a time. */
function takeAll(shares: readonly Share[], isEnough: (share: Share) => boolean): void {
  for (let moved = true; moved;) {
    moved = false
    for (const share of shares) {
      if (isEnough(share)) continue
      share.add(1)
      moved = true
    }
  }
}

void t.test('who is alone may hold three eighths, and a half before its answers go', async (t) => {
  const share = new HeldBytes(max).share('a')
  share.add(600)
  t.same([share.isOver, share.isFarOver], [false, false])
  share.add(1)
  t.same([share.isOver, share.isFarOver], [true, false])
  share.add(199)
  t.notOk(share.isFarOver)
  share.add(1)
  t.ok(share.isFarOver)
})

void t.test(
  'however many take all that they may, a newcomer may still hold half as much as each',
  async (t) => {
    for (const count of [1, 7, 20, 100]) {
      const held = new HeldBytes(max)
      const greedy = Array.from({ length: count }, () => held.share('a'))
      takeAll(greedy, (share) => share.isOver)
      const newcomer = held.share('a')
      newcomer.add(Math.floor(1_200 / (count + 1) / 2) - 2)
      t.notOk(newcomer.isOver, `beside ${count}`)
      t.notOk(newcomer.isFarOver)
    }
  },
)

void t.test('one address leaves another a quarter, whatever its connections do', async (t) => {
  const held = new HeldBytes(max)
  const greedy = Array.from({ length: 100 }, () => held.share('a'))
  takeAll(greedy, (share) => share.isFarOver)
  t.ok(held.bytes <= 1_200 + 100, `${held.bytes} bytes`)
  const other = held.share('b')
  other.add(100)
  t.notOk(other.isOver)
})

void t.test('when even more than all is held, nobody gets anything', async (t) => {
  const held = new HeldBytes(max)
  held.share('a').add(max + 1)
  const other = held.share('b')
  t.ok(other.isOver)
  t.ok(other.isFarOver)
})

void t.test('what is held for a closed connection counts until it is given back', async (t) => {
  const held = new HeldBytes(max)
  const [one, other] = [held.share('a'), held.share('a')]
  one.add(500)
  one.addLeft(2)
  one.close()
  t.same([held.bytes, held.peers, other.leftCalls], [500, 1, 2])
  other.close()
  t.equal(held.peers, 1, 'something is still held')
  one.addLeft(-2)
  one.add(-500)
  t.same([held.bytes, held.peers], [0, 0])
  const again = held.share('a')
  t.equal(again.leftCalls, 0)
  again.close()
  t.equal(held.peers, 0, 'an address that never held anything is forgotten as well')
})

void t.test('an address is not forgotten while a connection of it is open', async (t) => {
  const held = new HeldBytes(max)
  const share = held.share('a')
  share.add(10)
  share.add(-10)
  held.share('a').add(300)
  t.equal(held.peers, 1)
  share.add(451)
  t.ok(share.isOver, 'and both still count together')
})

void t.test('addresses of one IPv6 network are one', async (t) => {
  const held = new HeldBytes(max)
  held.share('2001:db8::1').add(1_201)
  t.ok(held.share('2001:db8::2').isOver)
  t.notOk(held.share('2001:db8:0:1::1').isOver)
  t.equal(held.peers, 2)
})

void t.test('connections of one address share its calls that wait, and its turns', async (t) => {
  const held = new HeldBytes(max)
  const [one, other, stranger] = ['a', 'a', 'b'].map((address) => held.share(address))
  one?.addUndecided(3)
  one?.addLeft(2)
  t.same([other?.undecidedCalls, other?.leftCalls], [3, 2])
  t.same([stranger?.undecidedCalls, stranger?.leftCalls], [0, 0])
  t.equal(one?.readers, other?.readers)
  t.not(one?.readers, stranger?.readers)
})

void t.test('what is measured again and again counts as it was last', async (t) => {
  const held = new HeldBytes(max)
  const share = held.share('a')
  const [one, other] = [new Measure(share), new Measure(share)]
  one.set(100)
  other.set(20)
  one.set(30)
  t.same([share.bytes, held.bytes], [50, 50])
  one.set(0)
  other.set(0)
  t.equal(held.bytes, 0)
})
