import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeCertificate } from './certificate.ts'

const policy = `version: 1
machines:
  - name: ledger-main
    issuer: gitlab
    match: { project_id: "1", ref: main, ref_type: branch, ref_protected: true }
    grants:
      - { namespace: payments, role: starter }
`

/** Writes a whole configuration that is fine, with free ports, and returns the service file. */
export async function writeConfiguration(
  directory: string,
  others: { readonly listen?: string; readonly policy?: string } = {},
): Promise<string> {
  const { cert, key } = await makeCertificate()
  writeFileSync(join(directory, 'tls.crt'), cert)
  writeFileSync(join(directory, 'tls.key'), key)
  writeFileSync(join(directory, 'policy.yaml'), others.policy ?? policy)
  const file = join(directory, 'sallyport.yaml')
  const service = `version: 1
listen: { address: "${others.listen ?? '127.0.0.1:0'}", tls: { cert_file: tls.crt, key_file: tls.key } }
upstream: { address: "127.0.0.1:1", plaintext: true }
issuers:
  gitlab: { kind: gitlab, url: "http://127.0.0.1:1", audience: "https://sallyport.test" }
policy: policy.yaml
audit: { directory: audit }
ops: { address: "127.0.0.1:0" }
`
  writeFileSync(file, service)
  return file
}
