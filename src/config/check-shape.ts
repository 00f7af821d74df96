import { z } from 'zod'
import { didYouMean } from './did-you-mean.ts'
import type { Problem } from './problem.ts'
import type { YamlFile } from './yaml-file.ts'

type Issue = z.core.$ZodIssue

/** Checks a parsed file against a shape. All problems come at once, each with its place. */
export function checkShape<T>(
  yaml: YamlFile,
  shape: z.ZodType<T>,
): { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: Problem[] } {
  const result = shape.safeParse(yaml.document.toJS({ maxAliasCount: 100 }))
  if (result.success) return { ok: true, value: result.data }
  const problems = result.error.issues.flatMap((issue) => problemsOf(yaml, shape, issue))
  return { ok: false, problems }
}

function problemsOf(yaml: YamlFile, shape: z.ZodType, issue: Issue): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(shape, issue.path)
    return issue.keys.map((key) => {
      const path = [...issue.path, key]
      const hint = didYouMean(key, known) || `known here: ${known.join(', ')}`
      return {
        file: yaml.file,
        ...yaml.atKey(path),
        path: formatPath(path),
        message: `is not a key that is known; ${hint}`,
      }
    })
  }
  const path = formatPath(issue.path)
  return [{ file: yaml.file, ...yaml.at(issue.path), path, message: messageOf(issue, yaml) }]
}

function messageOf(issue: Issue, yaml: YamlFile): string {
  const isMissing = yaml.document.getIn(issue.path) === undefined && issue.path.length > 0
  if (isMissing) return 'is missing; it is needed'
  if (issue.code === 'invalid_type')
    return `is not ${expectations[issue.expected] ?? issue.expected}`
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message
  return issue.message
}

const expectations: Readonly<Record<string, string>> = {
  object: 'a mapping; write keys and values below it',
  record: 'a mapping; write keys and values below it',
  array: 'a list; write it as [a, b] or with dashes',
  string: 'text; put the value in quotes',
  number: 'a number',
  boolean: 'true or false',
}

/** The keys that the shape knows at a path, seen through lists, records, defaults and options. */
function keysAt(shape: z.ZodType, path: readonly PropertyKey[]): string[] {
  let here: z.core.$ZodType = shape
  for (const step of path) {
    here = inside(unwrap(here), step)
  }
  const object = unwrap(here)
  return object instanceof z.ZodObject ? Object.keys(object.shape) : []
}

function inside(shape: z.core.$ZodType, step: PropertyKey): z.core.$ZodType {
  if (shape instanceof z.ZodObject)
    return (shape.shape as Record<PropertyKey, z.ZodType>)[step] ?? shape
  if (shape instanceof z.ZodArray) return shape.element
  if (shape instanceof z.ZodRecord) return shape.valueType
  return shape
}

function unwrap(shape: z.core.$ZodType): z.core.$ZodType {
  const wrapped = shape instanceof z.ZodDefault || shape instanceof z.ZodOptional
  return wrapped ? unwrap(shape.unwrap()) : shape
}

/** `machines[0].match.ref`, as the messages write it. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((step, index) =>
      typeof step === 'number' ? `[${step}]` : `${index > 0 ? '.' : ''}${String(step)}`,
    )
    .join('')
}
