import t from 'tap'
import { assertFloods, type Ending } from '../support/flood-verdict.ts'

t.setTimeout(240_000)

const endings: Readonly<Record<string, Ending>> = {
  'callers who say nothing': { reason: 'greeting' },
  'half a preface': { reason: 'greeting' },
  'no SETTINGS': { reason: 'greeting' },
  'half a frame': { goaway: /^11 a frame or a header block took/, reason: 'body_time' },
  'header blocks that stop half way': { goaway: /^11 a frame or/, reason: 'body_time' },
  'connections that come and go': {},
  'more connections than one address may have': { reason: 'connections_per_peer' },
  'slow bodies': { reason: 'body_time' },
  // Not wanted behind the refusal, or more than the window allows before it is written.
  'bodies of strangers': { resets: ['0', '3'] },
  'windows of nothing, of little': { reason: 'unread' },
}

/** These take as much memory as they can get, and the rest of it is for others. */
const hogs: Readonly<Record<string, Ending>> = {
  'windows of nothing': { reason: 'overloaded', resets: ['11'] },
  'callers who read nothing of long answers': { reason: 'overloaded' },
}

/** Each of these is ended for the time that it takes, which is short here. */
const limits =
  '{ greeting: 3s, body_time: 1s, unread_time: 1s, connections_per_peer: 1000, unread: 256KiB }'

t.test('whoever takes its time, or all connections, loses them and harms nobody', async (t) => {
  await assertFloods(t, endings, limits)
})

t.test('whoever holds all it can has calls refused, and nobody else has', async (t) => {
  await assertFloods(t, hogs, '{ buffered: 64MiB }')
})
