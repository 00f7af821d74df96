import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'

/** Options of a test that needs the device that is always full. */
export const noDevFull = {
  skip: existsSync('/dev/full') ? false : 'there is no /dev/full on this system',
}

/**
 * Mounts a file system of a few pages for the length of a test and gives its path. That takes root
 * on Linux; elsewhere the test says that it skips, and gets undefined.
 */
export function mountSmallDisk(t: Test, options: string): string | undefined {
  const path = mkdtempSync(join(tmpdir(), 'sallyport-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path], { stdio: 'ignore' })
  } catch {
    rmdirSync(path)
    t.pass('needs a small disk', { skip: 'mounting one takes root on Linux' })
    return undefined
  }
  t.teardown(() => {
    execFileSync('umount', ['-l', path])
    rmdirSync(path)
  })
  return path
}
