import t from 'tap'
import { whyNotTaken } from '../../../src/export/otlp/answer.ts'
import { encodeAnswer } from '../../support/otlp-request.ts'

const protobuf = 'application/x-protobuf'
const json = 'application/json'
const body = (text: string) => Buffer.from(text)

const taken: Record<string, [string, Buffer]> = {
  nothing: ['', body('')],
  'an empty message in JSON': [json, body('{}')],
  'no partial success': [json, body('{"partialSuccess":null}')],
  'an empty partial success': ['application/json; charset=utf-8', body('{"partialSuccess":{}}')],
  'an empty partial success in protobuf': [protobuf, encodeAnswer({})],
  'a warning alone': [protobuf, encodeAnswer({ errorMessage: 'this will be slow' })],
  'an unknown field': ['application/protobuf', Buffer.from([0x78, 1])],
}

for (const [name, [contentType, body]] of Object.entries(taken)) {
  t.test(`an answer with ${name} says that all was taken`, async (t) => {
    t.equal(whyNotTaken({ contentType, body }), undefined)
  })
}

const refused: Record<string, [string, Buffer, string]> = {
  'in protobuf': [
    protobuf,
    encodeAnswer({ rejectedLogRecords: 3, errorMessage: 'too old' }),
    'rejected 3 log records: too old',
  ],
  'in protobuf without words': [
    protobuf,
    encodeAnswer({ rejectedLogRecords: 1 }),
    'rejected 1 log records',
  ],
  'in JSON': [
    json,
    body('{"partialSuccess":{"rejectedLogRecords":"2","errorMessage":"no\\u001b[2J\\n"}}'),
    'rejected 2 log records: no?[2J?',
  ],
  'in JSON as a number': [
    json,
    body('{"partialSuccess":{"rejectedLogRecords":2}}'),
    'rejected 2 log records',
  ],
  'in very many words': [
    protobuf,
    encodeAnswer({ rejectedLogRecords: 1, errorMessage: 'x'.repeat(9_000) }),
    `rejected 1 log records: ${'x'.repeat(200)}`,
  ],
}

for (const [name, [contentType, body, why]] of Object.entries(refused)) {
  t.test(`a partial success ${name} is a failure with its words`, async (t) => {
    t.equal(whyNotTaken({ contentType, body }), why)
  })
}

const none: Record<string, [string, Buffer | undefined]> = {
  'a login page': ['text/html', body('<html>')],
  'an empty text of a type': ['text/plain', body('ok')],
  'JSON that is none': [json, body('{')],
  'JSON of something else': [json, body('["ok"]')],
  'a number that is none': [json, body('{"partialSuccess":{"rejectedLogRecords":"all"}}')],
  'protobuf that is none': [protobuf, Buffer.from([0x0a, 0x7f])],
  'what could not be read': [protobuf, undefined],
}

for (const [name, [contentType, body]] of Object.entries(none)) {
  t.test(`${name} does not count as an answer`, async (t) => {
    const why = 'its answer is none of OTLP; see that url is that of the logs'
    t.equal(whyNotTaken({ contentType, body }), why)
  })
}
