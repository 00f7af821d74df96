import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Writes an executable shell script, to stand where a test wants another command than the real one. */
export async function writeScript(path: string, script: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 })
}
