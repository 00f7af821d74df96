/** A cookie of the review page. */
export interface Cookie {
  readonly name: string
  /**
   * The header that has a browser keep a value for so many seconds. Lax and not Strict: the browser
   * comes back from the issuer's site, and a strict cookie would be missing on that way.
   */
  readonly keep: (value: string, seconds: number) => string
  /** The header that has a browser forget it. */
  readonly forget: string
}

/**
 * Names a cookie for a page at a url. Over https, `__Host-` keeps every other host and plain http from
 * setting it (RFC 6265bis, section 4.1.3); http is for trials on this machine, where browsers refuse that.
 */
export function cookieFor(url: string, name: string): Cookie {
  const isSecure = url.startsWith('https:')
  const full = isSecure ? `__Host-${name}` : name
  const attributes = `Path=/; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`
  return {
    name: full,
    keep: (value, seconds) => `${full}=${value}; Max-Age=${seconds}; ${attributes}`,
    forget: `${full}=; Max-Age=0; ${attributes}`,
  }
}

/** What a browser sent under a name. Nothing where it sent several: one of them is somebody else's. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  const values = (header ?? '').split(';').flatMap((pair) => {
    const at = pair.indexOf('=')
    return at > 0 && pair.slice(0, at).trim() === name ? [pair.slice(at + 1).trim()] : []
  })
  return values.length === 1 ? values[0] : undefined
}
