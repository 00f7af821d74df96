import { createHash } from 'node:crypto'
import type { Problem } from '../config/problem.ts'

/**
 * A name for each problem that stays when lines move, so that a widget can tell old problems from new
 * ones. Problems that are alike in all else are told apart by their order.
 */
export function fingerprintsOf(problems: readonly Problem[]): readonly string[] {
  const seen = new Map<string, number>()
  return problems.map(({ code, file, path, message }) => {
    const key = JSON.stringify([code, file, path, message])
    const nth = seen.get(key) ?? 0
    seen.set(key, nth + 1)
    return createHash('sha256').update(`${key}${nth}`).digest('hex')
  })
}
