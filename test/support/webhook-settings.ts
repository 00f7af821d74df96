import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import type { ExportSettings } from '../../src/config/audit-settings.ts'

export const webhookSecret = 'a secret that is long enough'

/** A file with {@link webhookSecret}, in a directory of its own. */
export function secretFileFor(t: Test): string {
  const directory = mkdtempSync(join(tmpdir(), 'sallyport-test-'))
  t.teardown(() => rmSync(directory, { recursive: true }))
  const file = join(directory, 'secret')
  writeFileSync(file, `${webhookSecret}\n`)
  return file
}

/** The settings of an export to a receiver on this machine. */
export function webhookTo(t: Test, name: string, url: string): ExportSettings {
  const rest = { secretFile: secretFileFor(t), caFile: undefined }
  return { name, to: 'webhook', format: 'native', url, ...rest }
}
