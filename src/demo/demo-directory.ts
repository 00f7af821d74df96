import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { takeLock } from '../record/lock.ts'
import { SetupFailure } from './setup-failure.ts'

/** The places below `.demo/` that a run uses. */
export interface DemoDirectory {
  readonly path: string
  readonly audit: string
  /** Where a file of the run is. */
  readonly file: (name: string) => string
  /** The same path as a person types it. */
  readonly shown: (name: string) => string
}

/** Makes `.demo/` afresh, unless another demo is running in it. */
export async function makeDemoDirectory(cwd: string): Promise<DemoDirectory> {
  const path = join(cwd, '.demo')
  const audit = join(path, 'audit')
  if (existsSync(audit)) {
    try {
      takeLock(audit).release()
    } catch (error) {
      throw new SetupFailure(
        `Another demo is running in ${path}. Stop it first, or start this one in another directory.`,
        { cause: error },
      )
    }
  }
  await rm(path, { recursive: true, force: true })
  await mkdir(audit, { recursive: true, mode: 0o700 })
  const file = (name: string) => join(path, name)
  return { path, audit, file, shown: (name) => relative(cwd, file(name)) }
}
