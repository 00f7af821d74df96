import { parentPort, workerData } from 'node:worker_threads'
import { serveExports, type ExportOrders } from './serve-exports.ts'

// The thread that exports run in, so that converting and sending take no time from calls.
if (parentPort !== null) serveExports(parentPort, workerData as ExportOrders)
