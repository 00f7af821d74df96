import t from 'tap'
import { assertFloods, type Ending } from '../support/flood-verdict.ts'

t.setTimeout(240_000)

const calm = (words: string): Ending => ({ goaway: new RegExp(`^11 ${words}`), reason: 'rate' })

const endings: Readonly<Record<string, Ending>> = {
  'rapid reset': calm('too many streams were reset'),
  'made you reset: windows by nothing': { ...calm('too many streams had to be'), resets: ['1'] },
  'made you reset: windows too wide': { ...calm('too many streams had to be'), resets: ['3'] },
  // What waits for its turn may come when its call is answered: RFC 9113, section 5.1, ends the connection.
  'made you reset: DATA behind the end': {
    goaway: /^(11 too many streams had to be reset|5 DATA on a stream that is over)$/,
    resets: ['5'],
  },
  'more streams than allowed': { ...calm('too many streams had to be'), resets: ['7'] },
  SETTINGS: calm('too many SETTINGS'),
  'SETTINGS that change all windows': calm('too many SETTINGS'),
  'acknowledgements of SETTINGS': calm('too many SETTINGS frames'),
  PING: calm('too many PINGs'),
  'empty DATA': calm('too many frames that carry nothing'),
  'DATA of one byte': calm('too many frames that carry nothing'),
  'DATA of padding alone': calm('too many frames that carry nothing'),
  PRIORITY: calm('too many PRIORITY frames'),
  'frames of unknown types': calm('too many unknown frames'),
  'windows by one byte': calm('too many small WINDOW_UPDATEs'),
  'a window that is too wide': { goaway: /^3 the window/, reason: 'flow_control' },
  'CONTINUATION without end': calm('a header block is too large'),
  'CONTINUATION of nothing': calm('a header block is too large'),
  'HPACK bomb that fits': { reason: 'overloaded' },
  'small messages that inflate to megabytes': { reason: 'overloaded' },
  'HPACK bomb': calm('too many streams had to be'),
  'header lists that are too large': calm('a header block is too large'),
  'frames that are too large': { goaway: /^6 a frame is larger/, reason: 'protocol' },
}

t.test('floods of frames end with their connection, and harm nobody else', async (t) => {
  await assertFloods(t, endings)
})
