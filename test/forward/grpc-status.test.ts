import t from 'tap'
import { decodeWords, statusOfHttp } from '../../src/forward/grpc-status.ts'

const words: Readonly<Record<string, string>> = {
  'plain words': 'plain words',
  '100%25 sure': '100% sure',
  'Gr%C3%BC%c3%9fe': 'Grüße',
  'half a code %4': 'half a code %4',
  'none %zz%': 'none %zz%',
  '%ff': '\ufffd',
}

for (const [encoded, decoded] of Object.entries(words)) {
  void t.test(`${encoded} means ${decoded}`, async (t) => {
    t.equal(decodeWords(encoded), decoded)
  })
}

void t.test(
  'an answer that is no gRPC is told by its status and a little of its type',
  async (t) => {
    t.match(statusOfHttp('503', 'text/html'), /HTTP status 503 and text\/html instead/)
    t.match(statusOfHttp('200', ''), /200 and no content type/)
    t.ok(statusOfHttp('200', 'x'.repeat(10_000)).length < 200)
  },
)
