import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { generate } from 'selfsigned'

export interface Certificates {
  readonly caFile: string
  readonly certFile: string
  readonly keyFile: string
}

/**
 * Writes a server certificate for loopback and the certificate authority that signed it. The
 * authority's own key is forgotten at once, so nothing else can be signed with it.
 */
export async function writeCertificates(directory: string): Promise<Certificates> {
  const authority = await generate([{ name: 'commonName', value: 'Sallyport demo authority' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  })
  const server = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  })
  const files = {
    caFile: join(directory, 'ca.crt'),
    certFile: join(directory, 'tls.crt'),
    keyFile: join(directory, 'tls.key'),
  }
  await writeFile(files.caFile, authority.cert)
  await writeFile(files.certFile, server.cert)
  await writeFile(files.keyFile, server.private, { mode: 0o600 })
  return files
}
