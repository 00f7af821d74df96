import { isIPv4, isIPv6 } from 'node:net'

const mapped = '::ffff:'

/**
 * Whom limits for one address take for one caller: an IPv4 address, however it is written, and of an IPv6
 * address the first 64 bits. One host has all that follow them (RFC 4291, section 2.5.1), and could come from another
 * each time.
 */
export function peerOf(address: string): string {
  if (!isIPv6(address)) return address
  const last = address.slice(mapped.length)
  if (address.startsWith(mapped) && isIPv4(last)) return last
  const [withoutZone = ''] = address.split('%')
  const [head = '', tail] = withoutZone.split('::')
  const groups = groupsOf(head)
  if (tail !== undefined) {
    const behind = groupsOf(tail)
    while (groups.length + behind.length < 8) groups.push('0')
    groups.push(...behind)
  }
  return `${groups.slice(0, 4).join(':')}::/64`
}

/** Groups of 16 bits without the zeros that they may begin with; an IPv4 address at the end is two of them. */
function groupsOf(text: string): string[] {
  if (text === '') return []
  return text
    .split(':')
    .flatMap((group) =>
      group.includes('.') ? ['0', '0'] : [Number.parseInt(group, 16).toString(16)],
    )
}
