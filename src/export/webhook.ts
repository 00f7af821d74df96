import { formatEntry } from '../audit/format/format-entry.ts'
import type { ExportFormat } from '../config/audit-settings.ts'
import { createSignedPost, type SignedMessage } from './signed-post.ts'
import type { ExportedEntry, Sink } from './sink.ts'

export interface WebhookOptions {
  readonly format: ExportFormat
  readonly url: string
  readonly secretFile: string
  readonly caFile: string | undefined
  readonly userAgent: string
  readonly now: () => number
  readonly timeoutMs?: number
}

/** Longest body, in bytes. One entry alone is shorter by far. */
const bodyBytesMax = 1024 * 1024

/**
 * Creates a sink that posts entries as JSON arrays, signed as Standard Webhooks says. What is taken of a
 * batch is not posted again with it while the process lives.
 */
export function createWebhookSink(options: WebhookOptions): Sink {
  const { format } = options
  const post = createSignedPost(options)
  const contentType =
    format === 'cloudevents' ? 'application/cloudevents-batch+json' : 'application/json'
  let batch: readonly ExportedEntry[] | undefined
  let waiting: SignedMessage[] = []

  return {
    async deliver(entries, signal) {
      if (entries !== batch) waiting = messagesOf(entries, format, contentType)
      batch = entries
      for (let [next] = waiting; next !== undefined; [next] = waiting) {
        await post.send(next, signal)
        waiting.shift()
      }
    },
    close: post.close,
  }
}

/** Splits a batch so that no body is too long. */
function messagesOf(
  entries: readonly ExportedEntry[],
  format: ExportFormat,
  contentType: string,
): SignedMessage[] {
  const messages: SignedMessage[] = []
  let texts: string[] = []
  let bytes = 0
  let firstId = ''
  const finish = () => {
    // The first entry and how many there are: the same again after a restart, if they are the same.
    if (texts.length > 0)
      messages.push({ id: `${firstId}_${texts.length}`, contentType, body: `[${texts.join(',')}]` })
    texts = []
    bytes = 0
  }
  for (const { line, entry, seq } of entries) {
    const text = formatEntry(format, line, entry)
    const length = Buffer.byteLength(text) + 1
    if (bytes + length > bodyBytesMax - 1) finish()
    if (texts.length === 0) firstId = typeof entry['id'] === 'string' ? entry['id'] : `seq-${seq}`
    texts.push(text)
    bytes += length
  }
  finish()
  return messages
}
