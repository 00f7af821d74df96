import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'

interface Published {
  readonly classes: Readonly<Record<string, object>>
  readonly $defs: object
  readonly captions: Readonly<Record<string, ClassCaptions>>
}

type ClassCaptions = { readonly name: string } & Readonly<Record<string, Caption | string>>

interface Caption {
  /** The attribute that says in words what another says as a number. */
  readonly sibling: string
  readonly captions: Readonly<Record<string, string>>
}

const file = new URL('../fixtures/schemas/ocsf-1.8.0.json', import.meta.url)
const published = JSON.parse(readFileSync(file, 'utf8')) as Published
const ajv = new Ajv2020({ strict: false, allErrors: true })
const { $defs } = published
const validators = new Map(
  Object.entries(published.classes).map(([name, schema]) => [
    name,
    ajv.compile({ ...schema, $defs }),
  ]),
)

/** Everything that is wrong with an event, by the schema that OCSF publishes: required attributes, enums, words. */
export function ocsfProblems(event: Readonly<Record<string, unknown>>): readonly string[] {
  const captions = published.captions[String(event['class_uid'])]
  const validate = validators.get(captions?.name ?? '')
  if (captions === undefined || validate === undefined) return ['it is of no class']
  validate(event)
  const faults = (validate.errors ?? []).map(({ instancePath, message, params }) => {
    return `${instancePath} ${message} ${JSON.stringify(params)}`
  })
  return [...faults, ...wordFaults(event, captions)]
}

/** Words beside a number are its caption; for 99, Other, they are the source's own, yet never another's. */
function wordFaults(event: Readonly<Record<string, unknown>>, captions: ClassCaptions): string[] {
  return Object.entries(captions).flatMap(([attribute, caption]) => {
    if (typeof caption === 'string') return []
    const [number, word] = [event[attribute], event[caption.sibling]]
    if (number === undefined && word === undefined) return []
    const due = caption.captions[String(number)]
    const isOwn = number === 99 && !Object.values(caption.captions).includes(String(word))
    return word === due || isOwn ? [] : [`${caption.sibling} is ${String(word)}, not ${due}`]
  })
}
