import { parentPort, workerData } from 'node:worker_threads'
import type { IndexThreadOptions } from './search/questions.ts'
import { serveIndex } from './search/serve-index.ts'

// The thread of the review index: searching must never take time from calls.
if (parentPort !== null) serveIndex(parentPort, workerData as IndexThreadOptions)
