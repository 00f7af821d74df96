/** Host, without the brackets of IPv6, and port of an address such as `127.0.0.1:7233`, which must be one. */
export function parseAddress(text: string): { host: string; port: number } {
  const colon = text.lastIndexOf(':')
  const host = text.slice(0, colon).replaceAll(/[[\]]/g, '')
  return { host, port: Number(text.slice(colon + 1)) }
}
