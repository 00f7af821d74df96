// Opens the review index of the directory in its argument, and until it is killed prints how far it is
// and how many calls it finds meanwhile.
import { writeSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { createLog } from '../../src/log.ts'
import { openReviewIndex } from '../../src/review/search/open-review-index.ts'

const directory = process.argv[2]
if (directory === undefined) throw new Error('usage: index-load.ts DIRECTORY')

const index = openReviewIndex({ directory, log: createLog({ level: 'silent' }) })
for (;;) {
  const { indexedSeq, isCaughtUp } = await index.state()
  const { rows } = await index.search({}, { order: 'newest_first', limit: 50 })
  writeSync(1, `${indexedSeq} ${rows.length} ${isCaughtUp}\n`)
  await setTimeout(5)
}
