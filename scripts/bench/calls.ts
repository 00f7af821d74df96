import { createSign, generateKeyPairSync, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { encodeRequest } from './protobuf.ts'
import { root } from '../../test/support/outside-tap.ts'
import { frameOf } from '../../test/support/raw-http2.ts'

/** What all proxies are told of the issuer, and what the callers present. */
export const issuerUrl = 'https://gitlab.com'
export const audience = 'https://sallyport.acme.example'

export const startPath = '/temporal.api.workflowservice.v1.WorkflowService/StartWorkflowExecution'
export const pollPath = '/temporal.api.workflowservice.v1.WorkflowService/PollWorkflowTaskQueue'

interface Example {
  readonly name: string
  readonly claims: Readonly<Record<string, unknown>>
}

/** The claims of a CI job as GitLab signs them, and a key of our own for the signature. */
export function createMint() {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const kid = 'Yk3mWq0pZ2vN7hT5cR8xLdJ1uFbGsE4aOiVnKwQyMzc'
  const jwks = {
    keys: [{ ...publicKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' }],
  }
  const file = `${root}test/fixtures/gitlab-claims.json`
  const [example] = JSON.parse(readFileSync(file, 'utf8')) as Example[]
  const header = encode({ alg: 'RS256', typ: 'JWT', kid })

  /** A token of a job of its own. */
  const mint = (job: number): string => {
    const now = Math.floor(Date.now() / 1_000)
    const times = { iat: now, nbf: now - 5, exp: now + 3_600 }
    const own = { jti: randomUUID(), job_id: String(11_840_226_751 + job) }
    const names = { iss: issuerUrl, aud: audience }
    const signed = `${header}.${encode({ ...example?.claims, ...names, ...times, ...own })}`
    const signature = createSign('RSA-SHA256').update(signed).sign(privateKey, 'base64url')
    return `${signed}.${signature}`
  }
  return { jwks, mint }
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

/** A start of a workflow in its gRPC frame, with so many bytes of input. */
export function startOf(inputBytes: number): Buffer {
  const encoding = encodeRequest([
    [1, 'encoding'],
    [2, 'json/plain'],
  ])
  return frameOf(
    encodeRequest([
      [1, 'payments'],
      [2, 'ledger-2071884310'],
      [3, encodeRequest([[1, 'LedgerRollup']])],
      [4, encodeRequest([[1, 'ledger']])],
      [
        5,
        encodeRequest([
          [
            1,
            encodeRequest([
              [1, encoding],
              [2, 'a'.repeat(inputBytes)],
            ]),
          ],
        ]),
      ],
      [9, 'ci@runner'],
      [10, '0b6d5a52-94f6-4a1e-9df6-0c9d7a1e4a11'],
    ]),
  )
}

/** The input that makes an ordinary start: 585 bytes in its frame, as the CLI and SDKs send them. */
export const ordinaryInputBytes = 448

/** A worker's long poll in its gRPC frame. */
export function pollOf(): Buffer {
  const queue = encodeRequest([[1, 'ledger']])
  return frameOf(
    encodeRequest([
      [1, 'payments'],
      [2, queue],
      [3, 'worker@runner'],
    ]),
  )
}

/** The answer to a start, in its gRPC frame. */
export function startedAnswer(): Buffer {
  return frameOf(encodeRequest([[1, '0197b7a2-6c1e-7f3a-9d55-3c0a4f1b2e6d']]))
}
