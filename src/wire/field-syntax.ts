/** Which bytes a name may have: those of a token, RFC 9110, section 5.6.2, without capitals. A colon only comes first. */
const nameBytes = byteSet(/[!#$%&'*+\-.^_`|~0-9a-z]/)

/** Which bytes a value may have: anything but NUL, LF and CR: RFC 9113, section 8.2.1. Other controls have no place in HTTP either. */
const valueBytes = byteSet(/[\t\x20-\x7e\x80-\xff]/)

function byteSet(allowed: RegExp): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) =>
    allowed.test(String.fromCharCode(byte)) ? 1 : 0,
  )
}

/** Fields that speak of one connection, which HTTP/2 has no place for: RFC 9113, section 8.2.2. */
const connectionFields: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
])

/** Whether HTTP/2 allows a name, that of a pseudo-header field among them: RFC 9113, section 8.2. */
export function isLegalName(name: string): boolean {
  const start = name.charCodeAt(0) === 0x3a ? 1 : 0
  if (name.length === start) return false
  for (let at = start; at < name.length; at += 1) {
    if (nameBytes[name.charCodeAt(at)] !== 1) return false
  }
  return !connectionFields.has(name)
}

/** Whether HTTP/2 allows a value behind a name that it allows: RFC 9113, section 8.2. */
export function isLegalValue(name: string, value: string): boolean {
  for (let at = 0; at < value.length; at += 1) {
    if (valueBytes[value.charCodeAt(at)] !== 1) return false
  }
  if (isBlank(value.charCodeAt(0)) || isBlank(value.charCodeAt(value.length - 1))) return false
  return name !== 'te' || value === 'trailers'
}

/** A value neither begins nor ends with a space or a tab. */
function isBlank(character: number): boolean {
  return character === 0x20 || character === 0x09
}
