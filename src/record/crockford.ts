/** Crockford's base32: digits and capitals without I, L, O and U, so nobody misreads one for another. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/**
 * The lowest `length` base32 digits of a non-negative integer, most significant first. Divides
 * rather than shifts, because times and random halves of identifiers have more than 32 bits.
 */
export function toCrockford(value: number, length: number): string {
  let digits = ''
  let rest = value
  for (let place = 0; place < length; place += 1) {
    digits = alphabet.charAt(rest % 32) + digits
    rest = Math.floor(rest / 32)
  }
  return digits
}
