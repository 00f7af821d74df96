import t from 'tap'
import { otherThanGrpc } from '../../src/listen/other-than-grpc.ts'

const head = (method: string, type?: string) => [
  ':method',
  method,
  ':path',
  '/x/Y',
  ...(type === undefined ? [] : ['content-type', type]),
]

for (const type of ['application/grpc', 'application/grpc+proto', 'application/grpc; x=y']) {
  void t.test(`POST with ${type} is a call`, async (t) => {
    t.equal(otherThanGrpc(head('POST', type)), undefined)
  })
}

for (const type of [
  undefined,
  '',
  'application/json',
  'application/grpc-web',
  'application/grpc+json',
  'application/grpcx',
  'application/grpc\t;x',
]) {
  void t.test(`POST with ${type} is answered 415`, async (t) => {
    t.same(otherThanGrpc(head('POST', type)), [':status', '415'])
  })
}

for (const method of ['GET', 'HEAD', 'PUT', 'post', 'CONNECT']) {
  void t.test(`${method} is answered 405, with what is allowed`, async (t) => {
    t.same(otherThanGrpc(head(method, 'application/grpc')), [':status', '405', 'allow', 'POST'])
  })
}
