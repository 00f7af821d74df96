import t from 'tap'
import { HeaderAssembly } from '../../src/wire/header-assembly.ts'
import { errorCode } from '../../src/wire/frames/codes.ts'

const block = { streamId: 1, endStream: false }

function createAssembly({ continuationsMax = 3, blockBytesMax = 100 } = {}) {
  return new HeaderAssembly({ continuationsMax, blockBytesMax })
}

t.test('parts become one block', async (t) => {
  const assembly = createAssembly()
  t.equal(assembly.pending, undefined)
  t.equal(assembly.begin(block, Buffer.from('one ')), undefined)
  t.same(assembly.pending, block)
  t.equal(assembly.add(Buffer.from('two ')), undefined)
  t.equal(assembly.add(Buffer.from('three')), undefined)
  t.equal(assembly.take().toString(), 'one two three')
  t.equal(assembly.pending, undefined)
})

t.test('parts are copies, for what they came in is used again', async (t) => {
  const assembly = createAssembly()
  const part = Buffer.from('abc')
  assembly.begin(block, part)
  part.fill('x')
  t.equal(assembly.take().toString(), 'abc')
})

t.test('one block leaves nothing to the next', async (t) => {
  const assembly = createAssembly({ continuationsMax: 1, blockBytesMax: 4 })
  for (let round = 0; round < 3; round++) {
    t.equal(assembly.begin(block, Buffer.from('ab')), undefined)
    t.equal(assembly.add(Buffer.from('cd')), undefined)
    t.equal(assembly.take().toString(), 'abcd')
  }
})

t.test('so many parts and no more, even when they are empty', async (t) => {
  const assembly = createAssembly()
  assembly.begin(block, Buffer.alloc(0))
  for (let part = 0; part < 3; part++) t.equal(assembly.add(Buffer.alloc(0)), undefined)
  t.equal(assembly.add(Buffer.alloc(0)), errorCode.enhanceYourCalm)
  t.equal(assembly.add(Buffer.alloc(0)), errorCode.enhanceYourCalm, 'nor later')
})

t.test('so many bytes and no more', async (t) => {
  const assembly = createAssembly()
  t.equal(assembly.begin(block, Buffer.alloc(101)), errorCode.enhanceYourCalm)
  t.equal(assembly.begin(block, Buffer.alloc(100)), undefined)
  t.equal(assembly.add(Buffer.alloc(0)), undefined)
  t.equal(assembly.add(Buffer.alloc(1)), errorCode.enhanceYourCalm)
})
