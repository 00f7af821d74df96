import type { z } from 'zod'
import { checkShape } from '../../src/config/check-shape.ts'
import { formatProblem, type Problem } from '../../src/config/problem.ts'
import { parseYaml, type YamlFile } from '../../src/config/yaml-file.ts'

/** Problems as a person reads them, one a line. */
export function linesOf(problems: readonly Problem[]): string[] {
  return problems.map(formatProblem)
}

/** What a text is by a shape; its problems are thrown. The file is called `f`. */
export function contentOf<T>(text: string, shape: z.ZodType<T>): { yaml: YamlFile; content: T } {
  const { yaml, problems } = parseYaml('f', text)
  const checked = checkShape(yaml, shape)
  const all = [...problems, ...(checked.ok ? [] : checked.problems)]
  if (!checked.ok || all.length > 0) throw new Error(linesOf(all).join('\n'))
  return { yaml, content: checked.value }
}

/** The problems that a text has by its syntax or, if that is fine, by a shape. */
export function shapeProblems(text: string, shape: z.ZodType): string[] {
  const { yaml, problems } = parseYaml('f', text)
  if (problems.length > 0) return linesOf(problems)
  const checked = checkShape(yaml, shape)
  return checked.ok ? [] : linesOf(checked.problems)
}
