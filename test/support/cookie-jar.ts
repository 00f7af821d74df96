/** Something that keeps cookies and follows redirects as a browser does, without running any page. */
export interface CookieJar {
  /** Asks once; a redirect is an answer. */
  readonly ask: (url: string | URL, options?: RequestInit) => Promise<Response>
  /** Asks, and goes where the answers lead; `until` stops before an address is asked. */
  readonly follow: (
    url: string | URL,
    until?: (url: URL) => boolean,
  ) => Promise<{ readonly response: Response | undefined; readonly url: URL }>
  /** The cookies of a host and port, by name, with the attributes that they came with. */
  readonly of: (url: string | URL) => Map<string, { value: string; attributes: string }>
}

/** Creates an empty jar. */
export function createCookieJar(): CookieJar {
  const jars = new Map<string, Map<string, { value: string; attributes: string }>>()
  // Browsers keep ports together; sites of a test are told apart by them, as hosts are elsewhere.
  const of = (url: string | URL) => {
    const { host } = new URL(url)
    const jar = jars.get(host) ?? new Map<string, { value: string; attributes: string }>()
    jars.set(host, jar)
    return jar
  }
  async function ask(url: string | URL, options: RequestInit = {}): Promise<Response> {
    const jar = of(url)
    const cookies = [...jar].map(([name, { value }]) => `${name}=${value}`).join('; ')
    const headers = new Headers(options.headers)
    if (cookies !== '' && !headers.has('cookie')) headers.set('cookie', cookies)
    const response = await fetch(url, { ...options, headers, redirect: 'manual' })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = '', attributes = ''] = /^([^=]+)=([^;]*)(.*)$/.exec(line) ?? []
      if (/Max-Age=0|expires=Thu, 01 Jan 1970/i.test(attributes)) jar.delete(name)
      else jar.set(name, { value, attributes })
    }
    return response
  }
  async function follow(
    from: string | URL,
    until: (url: URL) => boolean = () => false,
  ): ReturnType<CookieJar['follow']> {
    let url = new URL(from)
    for (let step = 0; step < 12; step++) {
      if (until(url)) return { response: undefined, url }
      const response = await ask(url)
      const location = response.headers.get('location')
      if (location === null) return { response, url }
      await response.body?.cancel()
      url = new URL(location, url)
    }
    throw new Error(`redirected without end, last to ${url.href}`)
  }
  return { ask, follow, of }
}
