import { existsSync } from 'node:fs'
import { mkdtemp, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { outsideTap, root, runOutsideTap } from './outside-tap.ts'

const version = '4.1.0'
const cache = join(homedir(), '.cache', 'sallyport')
const installed = join(cache, `hpack-${version}`)

/** Installs PyPI's hpack, once; rejects where there is no python3, no pip or no network. */
export async function installPythonHpack(): Promise<void> {
  if (existsSync(installed)) return
  await mkdir(cache, { recursive: true })
  const fresh = await mkdtemp(join(cache, 'hpack-'))
  try {
    const pip = ['python3', '-m', 'pip', 'install', '--quiet', '--no-deps', '--target', fresh]
    await runOutsideTap(root, ...pip, `hpack==${version}`)
    await rename(fresh, installed)
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
}

/** One step of a history: a table size that holds from now on, or null, and a block or a list. */
export type HpackStep<T> = readonly [limit: number | null, what: T]

/** Lets PyPI's hpack decode blocks, in hex, and encode lists, each in one context. */
export async function askPythonHpack(asked: {
  readonly decode: readonly HpackStep<string>[]
  readonly encode: readonly HpackStep<readonly string[]>[]
}): Promise<{ readonly decoded: readonly string[][]; readonly encoded: readonly string[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-hpack-'))
  try {
    const file = join(folder, 'asked.json')
    await writeFile(file, JSON.stringify(asked))
    const script = join(root, 'test', 'fixtures', 'hpack_peer.py')
    const { stdout } = await runOutsideTap(
      folder,
      ...outsideTap,
      `PYTHONPATH=${installed}`,
      'PYTHONDONTWRITEBYTECODE=1',
      'python3',
      script,
      file,
    )
    return JSON.parse(stdout) as { decoded: string[][]; encoded: string[] }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
