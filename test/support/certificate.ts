import { generate } from 'selfsigned'

/** A self-signed certificate for the loopback interface, in PEM; it is its own authority. */
export async function makeCertificate(): Promise<{ readonly cert: string; readonly key: string }> {
  const pems = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    // Core, which SDK workers are made of, takes no SHA-1 signature, the default here.
    algorithm: 'sha256',
    extensions: [
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  })
  return { cert: pems.cert, key: pems.private }
}
