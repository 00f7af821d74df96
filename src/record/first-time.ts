import { open } from 'node:fs/promises'
import { readBlock } from './backwards.ts'

/** More than the longest line has. */
const firstBytes = 65 * 1024

/** When the first entry of a segment was written, in milliseconds; undefined where there is none that says so. */
export async function firstTimeIn(path: string): Promise<number | undefined> {
  const file = await open(path, 'r')
  try {
    const [line = ''] = (await readBlock(file, 0, firstBytes)).toString().split('\n', 1)
    return timeOf(line)
  } finally {
    await file.close()
  }
}

/** The time that a line of a journal names, in milliseconds; undefined where it names none. */
export function timeOf(line: string): number | undefined {
  try {
    const at = Date.parse((JSON.parse(line) as { readonly time: string }).time)
    return Number.isNaN(at) ? undefined : at
  } catch {
    return undefined
  }
}
