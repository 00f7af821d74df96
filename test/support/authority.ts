import { generate } from 'selfsigned'

/** A certificate and its key, in PEM. */
export interface KeyPair {
  readonly cert: string
  readonly key: string
}

/** A certificate authority of a test's own. */
export interface Authority {
  readonly cert: string
  /** Signs a certificate for DNS names, for servers and clients alike. */
  readonly sign: (...names: readonly [string, ...string[]]) => Promise<KeyPair>
}

/** Makes an authority that nobody else trusts. */
export async function makeAuthority(): Promise<Authority> {
  const authority = await generate([{ name: 'commonName', value: 'authority of a test' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, critical: true },
    ],
  })
  return {
    cert: authority.cert,
    sign: async (...names) => {
      const signed = await generate([{ name: 'commonName', value: names[0] }], {
        keyType: 'ec',
        algorithm: 'sha256',
        ca: { key: authority.private, cert: authority.cert },
        extensions: [
          { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
          { name: 'subjectAltName', altNames: names.map((value) => ({ type: 2, value })) },
        ],
      })
      return { cert: signed.cert, key: signed.private }
    },
  }
}
