import type { AuditSettings } from '../../src/config/audit-settings.ts'

/** Audit settings as the defaults have them, in a directory of the test's own. */
export function auditSettings(
  directory: string,
  changes: Partial<AuditSettings> = {},
): AuditSettings {
  return {
    directory,
    durability: 'synced',
    levels: { read: 'both', work: 'both' },
    segments: { bytesMax: 128 * 1024 ** 2, ageMaxMs: 86_400_000 },
    retentionMs: undefined,
    checkpoints: { intervalMs: 5_000, keyFile: undefined, origin: undefined, witnesses: [] },
    exports: [],
    ...changes,
  }
}
