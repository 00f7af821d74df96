import t from 'tap'
import { livePage } from '../../../src/review/pages/live-page.ts'
import { flat } from '../../support/review-page.ts'

const state = { indexedSeq: 7, isCaughtUp: true, trouble: undefined }

t.test('the live view begins with what is known, and says where it goes on', async (t) => {
  const page = flat(livePage({ rows: [], state, session: '"s' }))
  t.match(page, 'data-live="&quot;s" data-after="7" hidden')
  t.match(page, 'role="status" aria-live="polite"')
  t.match(page, '<button type="button" id="live-pause" aria-pressed="false">Pause</button>')
  t.match(page, '<template id="row">')
  t.match(page, 'Without its script this page stands still.')
})

t.test('an index that is behind says so', async (t) => {
  const page = flat(livePage({ rows: [], state: { ...state, isCaughtUp: false }, session: 's' }))
  t.match(page, '7 entries so far')
})
