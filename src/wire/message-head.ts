const colon = 0x3a

/** What a header block must say at its beginning, and what it may say. */
interface PseudoFields {
  readonly needed: readonly string[]
  readonly known: ReadonlySet<string>
}

const ofRequest: PseudoFields = {
  needed: [':method', ':scheme', ':path'],
  known: new Set([':method', ':scheme', ':path', ':authority']),
}
const ofResponse: PseudoFields = { needed: [':status'], known: new Set([':status']) }

/**
 * Whether names and values in turn are the head of a request, or of a response: pseudo-header fields
 * first, each once, none unknown, the needed ones there and not empty. RFC 9113, section 8.3.
 */
export function isMessageHead(list: readonly string[], role: 'request' | 'response'): boolean {
  const { needed, known } = role === 'request' ? ofRequest : ofResponse
  let pseudoEnd = 0
  while (pseudoEnd < list.length && (list[pseudoEnd] as string).charCodeAt(0) === colon) {
    const name = list[pseudoEnd] as string
    if (!known.has(name) || list.indexOf(name) !== pseudoEnd) return false
    pseudoEnd += 2
  }
  if (!hasNoPseudoFields(list, pseudoEnd)) return false
  if (role === 'request' && !isPath(valueOf(list, ':path') ?? '')) return false
  return needed.every((name) => {
    const at = list.indexOf(name)
    return at >= 0 && at < pseudoEnd && at % 2 === 0 && list[at + 1] !== ''
  })
}

/** RFC 9113, section 8.3.1: a path is absolute, but for the one of OPTIONS. */
function isPath(path: string): boolean {
  return path.charCodeAt(0) === 0x2f || path === '*'
}

/** Whether there are no pseudo-header fields from a place on, as in all of a trailer section. */
export function hasNoPseudoFields(list: readonly string[], from = 0): boolean {
  for (let at = from; at < list.length; at += 2) {
    if ((list[at] as string).charCodeAt(0) === colon) return false
  }
  return true
}

/** Value of a field that comes once, or undefined. */
export function valueOf(list: readonly string[], name: string): string | undefined {
  for (let at = 0; at < list.length; at += 2) {
    if (list[at] === name) return list[at + 1]
  }
  return undefined
}

/** The length that a head declares: -1 where it says nothing, undefined where what it says is no length. */
export function declaredLength(list: readonly string[]): number | undefined {
  let declared = -1
  for (let at = 0; at < list.length; at += 2) {
    if (list[at] !== 'content-length') continue
    const value = list[at + 1] as string
    if (!/^[0-9]{1,15}$/.test(value)) return undefined
    if (declared >= 0 && declared !== Number(value)) return undefined
    declared = Number(value)
  }
  return declared
}
