import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { Test } from 'tap'
import { loadConfiguration } from '../../src/config/load.ts'
import { formatProblem } from '../../src/config/problem.ts'
import { createLog } from '../../src/log.ts'
import { startService, type Service } from '../../src/service.ts'
import { isUpkeep } from './audit-files.ts'
import { createCaller, type Caller } from './caller.ts'
import { makeCertificate } from './certificate.ts'
import { startIssuer, type MintOptions, type Members, type TestIssuer } from './issuer.ts'

export interface Entry {
  readonly kind: string
  readonly [field: string]: unknown
}

export interface RunningSallyport {
  readonly address: string
  /** PEM of the authority that callers must trust, and the file it is in. */
  readonly ca: string
  readonly caFile: string
  readonly opsUrl: string
  readonly directory: string
  readonly issuer: TestIssuer
  readonly service: Service
  /** A token of the issuer: a push to the protected main branch, then overrides. */
  readonly mint: (claims?: Members, options?: MintOptions) => string
  /** A gRPC client of the proxy with a fresh token, or with the one given. */
  readonly caller: (token?: string) => Caller
  /** The audit entries so far, without those that frame the service, sign the chain and introduce identities. */
  readonly entries: () => Entry[]
  /** The same once there are that many: completions are written a moment after the caller has its answer. */
  readonly entriesWhen: (count: number) => Promise<Entry[]>
  /** Everything the service has logged, and everything in its journal, as text. */
  readonly log: () => string
  readonly journal: () => string
  readonly metrics: () => Promise<string>
}

export interface SallyportOptions {
  /** Rules below `machines:`, as YAML in flow or block style, indented by two. */
  readonly machines: string
  /** `host:port` of the upstream, which is spoken to in plaintext unless `upstream` says otherwise. */
  readonly upstreamAddress: string
  /** YAML of the upstream's settings beside the address, in flow style. */
  readonly upstream?: string
  /** Settings of the issuer beside kind, url and audience, in flow style. */
  readonly issuerSettings?: string
  readonly issuer?: TestIssuer
  /** Listens without TLS. */
  readonly plaintext?: boolean
  /** What callers may take of the listener, in flow style. */
  readonly listenLimits?: string
  readonly drainTimeoutMs?: number
  /** Whole lines of `sallyport.yaml` beside those that are always there. */
  readonly settings?: string
  /** Where audit entries go, instead of a directory beside the other files. */
  readonly auditDirectory?: string
}

/** Files of a Sallyport that is yet to be started. */
export interface WrittenConfiguration {
  readonly directory: string
  /** The path of `sallyport.yaml`. */
  readonly file: string
  readonly ca: string
  readonly caFile: string
  readonly auditDirectory: string
}

/** Writes everything that `sallyport serve` reads into a new directory. */
export async function writeConfiguration(
  options: SallyportOptions,
  issuer: TestIssuer,
): Promise<WrittenConfiguration> {
  const directory = mkdtempSync(join(tmpdir(), 'sallyport-test-'))
  const { cert, key } = await makeCertificate()
  const caFile = join(directory, 'tls.crt')
  writeFileSync(caFile, cert)
  writeFileSync(join(directory, 'tls.key'), key)
  writeFileSync(join(directory, 'policy.yaml'), `version: 1\nmachines:\n${options.machines}`)
  const file = join(directory, 'sallyport.yaml')
  const auditDirectory = options.auditDirectory ?? join(directory, 'audit')
  writeFileSync(file, serviceFile({ ...options, auditDirectory }, issuer))
  return { directory, file, ca: cert, caFile, auditDirectory }
}

/**
 * Starts the real service from real files on free ports, with an issuer of its own, and takes it down
 * when the test ends.
 */
export async function startSallyport(
  t: Test,
  options: SallyportOptions,
): Promise<RunningSallyport> {
  const issuer = options.issuer ?? (await startIssuer())
  const written = await writeConfiguration(options, issuer)
  const { directory, file, ca, caFile, auditDirectory } = written
  const loaded = await loadConfiguration({ file, environment: {} })
  if (!loaded.ok) throw new Error(loaded.problems.map(formatProblem).join('\n'))
  let log = ''
  const destination = { write: (line: string) => void (log += line) }
  const service = await startService({
    ...loaded,
    log: createLog({ level: 'debug', destination }),
    version: '0.0.0-test',
    ...(options.drainTimeoutMs !== undefined && { drainTimeoutMs: options.drainTimeoutMs }),
  })
  const address = `127.0.0.1:${service.address.port}`
  const opsUrl = `http://127.0.0.1:${service.opsAddress.port}`
  const callers: Caller[] = []
  t.teardown(async () => {
    for (const caller of callers) caller.close()
    await service.stop()
    if (!options.issuer) await issuer.close()
    rmSync(directory, { recursive: true, force: true })
  })
  const journal = () => readJournal(auditDirectory)
  const entries = () =>
    journal()
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Entry)
      .filter(({ kind }) => kind !== 'identity' && !isUpkeep(kind))
  return {
    address,
    ca,
    caFile,
    opsUrl,
    directory,
    issuer,
    service,
    mint: issuer.mint,
    caller: (token = issuer.mint()) => {
      const caller = createCaller({ address, token, ...(!options.plaintext && { ca }) })
      callers.push(caller)
      return caller
    },
    entries,
    entriesWhen: async (count) => {
      while (entries().length < count) await setImmediate()
      return entries()
    },
    log: () => log,
    journal,
    metrics: async () => (await fetch(`${opsUrl}/metrics`)).text(),
  }
}

function serviceFile(
  options: SallyportOptions & { readonly auditDirectory: string },
  issuer: TestIssuer,
): string {
  const tls = options.plaintext
    ? 'plaintext: true'
    : 'tls: { cert_file: tls.crt, key_file: tls.key }'
  const issuerSettings = options.issuerSettings ? `, ${options.issuerSettings}` : ''
  return `version: 1
listen: { address: "127.0.0.1:0", ${tls}, limits: ${options.listenLimits ?? '{}'} }
upstream: { address: "${options.upstreamAddress}", ${options.upstream ?? 'plaintext: true'} }
issuers:
  gitlab: { kind: gitlab, url: "${issuer.url}", audience: "${issuer.audience}"${issuerSettings} }
policy: policy.yaml
audit: { directory: "${options.auditDirectory}" }
ops: { address: "127.0.0.1:0" }
${options.settings ?? ''}`
}

function readJournal(directory: string): string {
  return readdirSync(directory)
    .filter((name) => name.endsWith('.jsonl'))
    .toSorted()
    .map((name) => readFileSync(join(directory, name), 'utf8'))
    .join('')
}
