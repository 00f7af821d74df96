import { Metadata as GrpcMetadata } from '@grpc/grpc-js'
import t from 'tap'
import { fromGrpcMetadata, toGrpcMetadata } from '../../src/forward/grpc-metadata.ts'

void t.test('pairs become metadata, in order and as often as they stand there', async (t) => {
  const metadata = toGrpcMetadata([
    ['x-many', 'one'],
    ['x-other', ''],
    ['x-many', 'two, three'],
  ])
  t.same(metadata.get('x-many'), ['one', 'two, three'])
  t.same(metadata.get('x-other'), [''])
})

void t.test(
  'binary values are decoded, with or without padding, and lists are taken apart',
  async (t) => {
    const metadata = toGrpcMetadata([
      ['x-bin', 'AP8='],
      ['x-bin', 'AP8,AQI='],
    ])
    t.same(metadata.get('x-bin'), [
      Buffer.from([0, 255]),
      Buffer.from([0, 255]),
      Buffer.from([1, 2]),
    ])
  },
)

void t.test('metadata becomes pairs, and binary values base64', async (t) => {
  const metadata = new GrpcMetadata()
  metadata.add('x-many', 'one')
  metadata.add('x-many', 'two')
  metadata.add('x-bin', Buffer.from([0, 255]))
  t.same(fromGrpcMetadata(metadata), [
    ['x-many', 'one'],
    ['x-many', 'two'],
    ['x-bin', 'AP8='],
  ])
})

void t.test('there and back again nothing is lost', async (t) => {
  const pairs = [
    ['a', '1'],
    ['a', '2'],
    ['b-bin', 'AAEC'],
  ] as const
  t.same(fromGrpcMetadata(toGrpcMetadata(pairs)), pairs)
  t.same(fromGrpcMetadata(toGrpcMetadata([])), [])
})
