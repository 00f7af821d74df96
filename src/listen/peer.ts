import { isIPv4, isIPv6 } from 'node:net'

const mapped = '::ffff:'

/** IPv4 behind a translator: RFC 6052, section 2.1. */
const translated = '64:ff9b:0:0:0:0'

/** Addresses of one link, of which each host has its own: RFC 4291, section 2.5.6. */
const linkLocal = /^fe[89ab][0-9a-f]:/i

/**
 * Whom limits for one address take for one caller: an IPv4 address, however it is written, and of an IPv6
 * address the first 64 bits. One host has all that follow them (RFC 4291, section 2.5.1), and could come from
 * another each time.
 */
export function peerOf(address: string): string {
  if (!isIPv6(address) || linkLocal.test(address)) return address
  const last = address.slice(mapped.length)
  if (address.startsWith(mapped) && isIPv4(last)) return last
  const groups = groupsOf(address)
  if (groups.slice(0, 6).join(':') === translated) return ipv4Of(groups.slice(6))
  return `${groups.slice(0, 4).join(':')}::/64`
}

/** All eight groups, without the zeros that they may begin with. */
function groupsOf(address: string): string[] {
  const [head = '', tail] = address.split('::')
  const groups = written(head)
  if (tail === undefined) return groups
  const behind = written(tail)
  const zeros = Array.from({ length: 8 - groups.length - behind.length }, () => '0')
  return [...groups, ...zeros, ...behind]
}

function written(text: string): string[] {
  if (text === '') return []
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16).toString(16)]
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number)
    return [(a * 256 + b).toString(16), (c * 256 + d).toString(16)]
  })
}

function ipv4Of(groups: readonly string[]): string {
  return groups
    .map((group) => Number.parseInt(group, 16))
    .flatMap((value) => [value >> 8, value & 0xff])
    .join('.')
}
