import {
  isPair,
  LineCounter,
  parseDocument,
  visit,
  type Document,
  type Node,
  type Scalar,
} from 'yaml'
import type { Problem } from './problem.ts'

/** A YAML file that was read, with what is needed to say where in it something stands. */
export interface YamlFile {
  readonly file: string
  readonly document: Document
  /** Where the value at a path stands; where the nearest key above it does, if there is no such value. */
  readonly at: (path: readonly PropertyKey[]) => { readonly line: number; readonly column: number }
  readonly placeOf: (node: Node) => { readonly line: number; readonly column: number }
  /** Where the key at a path stands. */
  readonly atKey: (path: readonly PropertyKey[]) => {
    readonly line: number
    readonly column: number
  }
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
  })
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const placeOf = (node: unknown) => {
    const range = (node as Node | undefined)?.range
    return range ? place(range[0]) : undefined
  }
  const at = (path: readonly PropertyKey[]): { line: number; column: number } =>
    placeOf(nodeAt(document, path)) ?? (path.length > 0 ? at(path.slice(0, -1)) : place(0))
  const problems = [...document.errors, ...document.warnings].map((error): Problem => ({
    file,
    ...place(error.pos[0]),
    path: '',
    message: explainSyntax(error.code, error.message),
  }))
  return {
    problems,
    yaml: {
      file,
      document,
      at,
      placeOf: (node) => placeOf(node) ?? place(0),
      atKey: (path) => placeOf(keyAt(document, path)) ?? at(path),
      sourceAt: (path) => (nodeAt(document, path) as Scalar | undefined)?.source,
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
          problems.push({ file: yaml.file, ...yaml.placeOf(node), path: '', message })
          return whole
        },
      )
    },
  })
  return problems
}

function nodeAt(document: Document, path: readonly PropertyKey[]): unknown {
  return path.length === 0 ? document.contents : document.getIn(path, true)
}

function keyAt(document: Document, path: readonly PropertyKey[]): unknown {
  const parent = nodeAt(document, path.slice(0, -1))
  const name = path.at(-1)
  const items = (parent as { items?: unknown[] } | undefined)?.items ?? []
  const pair = items.filter(isPair).find((item) => (item.key as Scalar | undefined)?.value === name)
  return pair?.key
}

function explainSyntax(code: string, message: string): string {
  if (code === 'DUPLICATE_KEY') return 'this key occurs twice; keep one of them'
  return `not valid YAML: ${message}`
}
