import t from 'tap'
import { Preface } from '../../src/wire/preface.ts'

const text = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'

t.test('what follows the preface is left, however it is cut', async (t) => {
  const bytes = Buffer.from(`${text}frames`)
  for (let size = 1; size <= bytes.length; size += 1) {
    const preface = new Preface()
    let left = ''
    for (let at = 0; at < bytes.length; at += size) {
      left += String(preface.strip(bytes.subarray(at, at + size)))
    }
    t.equal(left, 'frames', `pieces of ${size}`)
  }
})

t.test('anything else is none, from the first byte that differs', async (t) => {
  for (const wrong of ['GET / HTTP/1.1', `${text.slice(0, -1)}x`]) {
    t.equal(new Preface().strip(Buffer.from(wrong)), undefined)
  }
  const preface = new Preface()
  t.same(preface.strip(Buffer.from('PRI ')), Buffer.alloc(0))
  t.equal(preface.strip(Buffer.from('x')), undefined)
})
