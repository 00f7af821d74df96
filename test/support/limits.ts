import type { ListenLimits } from '../../src/config/settings.ts'
import { limitsOf, limitsShape } from '../../src/config/limits-shape.ts'

/** The limits of a listener that says nothing of them, less what a test says. */
export function limitsWith(others: Partial<ListenLimits> = {}): ListenLimits {
  return { ...limitsOf(limitsShape.parse({})), ...others }
}
