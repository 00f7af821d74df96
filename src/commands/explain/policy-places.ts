import { formatPath } from '../../config/check-shape.ts'
import { sections } from '../../config/policy-shape.ts'
import type { YamlFile } from '../../config/yaml-file.ts'

/** A place in a policy file that an editor can jump to. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
  /** Path of keys within the file, such as `machines[0].match.ref`. */
  readonly path: string
}

/** Finds where something of a rule or denial stands: its name, and keys below it. */
export type FindPlace = (rule: string, ...path: readonly PropertyKey[]) => Place | undefined

/** Learns where the rules and denials of a policy file stand. */
export function createPlaces(yaml: YamlFile): FindPlace {
  const content = yaml.document.toJS({ maxAliasCount: 100 }) as Readonly<
    Record<string, readonly { readonly name: string }[] | undefined>
  >
  const names = [...sections.map(([section]) => section), 'denials']
  const paths = new Map(
    names.flatMap((section) =>
      (content[section] ?? []).map(({ name }, index) => [name, [section, index]] as const),
    ),
  )
  return (rule, ...below) => {
    const start = paths.get(rule)
    if (start === undefined) return undefined
    const path = [...start, ...below]
    const at = typeof path.at(-1) === 'string' ? yaml.atKey(path) : yaml.at(path)
    return { file: yaml.file, ...at, path: formatPath(path) }
  }
}
