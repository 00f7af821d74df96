import {
  isAlias,
  isCollection,
  isPair,
  isScalar,
  LineCounter,
  parseDocument,
  visit,
  type Document,
  type Node,
} from 'yaml'
import type { Problem } from './problem.ts'

/** A YAML file that was read, with what is needed to say where in it something stands. */
export interface YamlFile {
  readonly file: string
  readonly text: string
  readonly document: Document
  /** Where the value at a path stands; where the nearest key above it does, if there is no such value. */
  readonly at: (path: readonly PropertyKey[]) => { readonly line: number; readonly column: number }
  readonly placeOf: (node: Node) => { readonly line: number; readonly column: number }
  /** Where the key at a path stands. */
  readonly atKey: (path: readonly PropertyKey[]) => {
    readonly line: number
    readonly column: number
  }
  /** Whether there is a value at a path, if only null. */
  readonly has: (path: readonly PropertyKey[]) => boolean
  /** The text of a scalar as it was written, so that `0123` and `1e3` stay what they are. */
  readonly sourceAt: (path: readonly PropertyKey[]) => string | undefined
}

/** Parses YAML 1.2. Syntax errors and duplicate keys are problems, all of them at once. */
export function parseYaml(
  file: string,
  text: string,
): { readonly yaml: YamlFile; readonly problems: readonly Problem[] } {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    // A %YAML 1.1 directive would turn octal numbers, `yes` and merge keys back on.
    schema: 'core',
    merge: false,
  })
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const placeOf = (node: unknown) => {
    const range = (node as Node | undefined)?.range
    return range ? place(range[0]) : undefined
  }
  const startOf = (node: unknown) => placeOf(node) ?? place(0)
  const at = (path: readonly PropertyKey[]): { line: number; column: number } =>
    placeOf(nodeAt(document, path)) ?? (path.length > 0 ? at(path.slice(0, -1)) : place(0))
  const syntax = [...document.errors, ...document.warnings].map((error): Problem => ({
    code: error.code === 'DUPLICATE_KEY' ? 'yaml-duplicate-key' : 'yaml-syntax',
    severity: 'error',
    file,
    ...place(error.pos[0]),
    path: '',
    message: explainSyntax(error.code, error.message),
  }))
  const keys = oddKeys(document).map((key): Problem => ({
    code: 'yaml-syntax',
    severity: 'error',
    file,
    ...startOf(key),
    path: '',
    message: 'this key cannot be used; write plain text, in quotes if it is a number',
  }))
  return {
    problems: [...syntax, ...keys],
    yaml: {
      file,
      text,
      document,
      at,
      placeOf: startOf,
      atKey: (path) => placeOf(keyAt(document, path)) ?? at(path),
      has: (path) => nodeAt(document, path) !== undefined,
      sourceAt: (path) => {
        const node = nodeAt(document, path)
        return isScalar(node) ? node.source : undefined
      },
    },
  }
}

/**
 * Replaces `${NAME}` in every value of the file by what the environment has under that name.
 * Keys stay as they are, and so does a name that is not set, which is a problem.
 */
export function substituteEnvironment(
  yaml: YamlFile,
  environment: Readonly<Record<string, string | undefined>>,
): readonly Problem[] {
  const problems: Problem[] = []
  visit(yaml.document, {
    Scalar: (key, node, ancestors) => {
      const parent = ancestors.at(-1)
      if (typeof node.value !== 'string' || (isPair(parent) && key === 'key')) return
      node.value = node.value.replaceAll(
        /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g,
        (whole, name: string) => {
          const value = environment[name]
          if (value !== undefined) return value
          const message = `the environment variable ${name} is not set; set it, or write the value here`
          problems.push({
            code: 'environment-unset',
            severity: 'error',
            file: yaml.file,
            ...yaml.placeOf(node),
            path: '',
            message,
          })
          return whole
        },
      )
    },
  })
  return problems
}

/** Keys that JavaScript would turn into another key, or take for something of its own. */
function oddKeys(document: Document): unknown[] {
  const odd: unknown[] = []
  visit(document, {
    Pair: (_, { key }) => {
      const isPlain = isScalar(key) && typeof key.value === 'string' && key.value !== '__proto__'
      if (!isPlain) odd.push(key)
    },
  })
  return odd
}

/** The node at a path, with aliases followed to what they stand for. */
function nodeAt(document: Document, path: readonly PropertyKey[]): Node | undefined {
  let here: unknown = document.contents
  for (const step of path) here = isCollection(here) ? resolved(here.get(step, true)) : undefined
  return here as Node | undefined
  function resolved(node: unknown): unknown {
    return isAlias(node) ? node.resolve(document) : node
  }
}

function keyAt(document: Document, path: readonly PropertyKey[]): unknown {
  const parent = nodeAt(document, path.slice(0, -1))
  const items: readonly unknown[] = isCollection(parent) ? parent.items : []
  return items.filter(isPair).find(({ key }) => isScalar(key) && key.value === path.at(-1))?.key
}

function explainSyntax(code: string, message: string): string {
  if (code === 'DUPLICATE_KEY') return 'this key occurs twice; keep one of them'
  return `not valid YAML: ${message}`
}
