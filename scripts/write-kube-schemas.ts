/**
 * Turns the OpenAPI document of a Kubernetes release into the JSON Schemas that kubeconform reads:
 * one small file per kind that points into `_definitions.json`. Objects are closed, so that a
 * misspelt field is found.
 *
 *     node scripts/write-kube-schemas.ts swagger.json DIRECTORY
 */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }
type Schema = { readonly [key: string]: Json }

const intOrString = 'io.k8s.apimachinery.pkg.util.intstr.IntOrString'
const quantity = 'io.k8s.apimachinery.pkg.api.resource.Quantity'

const [source, directory] = process.argv.slice(2)
if (source === undefined || directory === undefined) {
  throw new Error('usage: node scripts/write-kube-schemas.ts swagger.json DIRECTORY')
}
await write(JSON.parse(await readFile(source, 'utf8')).definitions, directory)

async function write(definitions: Record<string, Schema>, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true })
  for (const [name, schema] of Object.entries(definitions)) {
    for (const file of fileNames(schema)) {
      const pointer = { $ref: `_definitions.json#/definitions/${name}` }
      await writeFile(join(directory, file), JSON.stringify(pointer))
    }
  }
  const strict = Object.entries(definitions).map(([name, schema]) => [name, closed(name, schema)])
  // Last and at once: whoever sees this file has all of them.
  const partial = join(directory, '_definitions.json.partial')
  await writeFile(partial, JSON.stringify({ definitions: Object.fromEntries(strict) }))
  await rename(partial, join(directory, '_definitions.json'))
}

/** `statefulset-apps-v1.json`, in kubeconform's words `{{.ResourceKind}}{{.KindSuffix}}.json`. */
function fileNames(schema: Schema): string[] {
  const kinds = (schema['x-kubernetes-group-version-kind'] ?? []) as readonly {
    readonly group: string
    readonly version: string
    readonly kind: string
  }[]
  return kinds.map(({ group, version, kind }) => {
    const parts = [kind, group.split('.')[0] ?? '', version].filter((part) => part !== '')
    return `${parts.join('-').toLowerCase()}.json`
  })
}

/** OpenAPI says of both that they are strings, and the API server also takes numbers. */
function closed(name: string, schema: Schema): Json {
  if (name === intOrString) return { type: ['string', 'integer'] }
  if (name === quantity) return { type: ['string', 'number'] }
  return close(schema)
}

function close(value: Json): Json {
  if (Array.isArray(value)) return value.map(close)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value as Schema).map(([key, inner]) => [key, close(inner)])
  const result = Object.fromEntries(entries) as Schema
  const isObject = typeof result['properties'] === 'object' && result['type'] === 'object'
  return isObject && !('additionalProperties' in result)
    ? { ...result, additionalProperties: false }
    : result
}
