import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { didYouMean } from './did-you-mean.ts'
import type { Problem } from './problem.ts'
import { createReport, type Report } from './report.ts'
import type { ServiceFile } from './service-shape.ts'
import type { YamlFile } from './yaml-file.ts'

/** Checks what the shape of a service file cannot say: choices, pairs, and files that must be readable. */
export function checkService(yaml: YamlFile, content: ServiceFile, directory: string): Problem[] {
  const { problems, report } = createReport(yaml)
  checkTlsChoice('listen', content.listen, 'write tls: { cert_file, key_file }', report)
  checkTlsChoice('upstream', content.upstream, 'write tls: {} for TLS', report)
  checkMutualTls(['upstream', 'tls'], content.upstream.tls, report)
  for (const [name, each] of Object.entries(content.audit.exports)) {
    if (each.to === 'syslog') checkMutualTls(['audit', 'exports', name], each, report)
  }
  checkLogin(content, report)
  if (content.upstream.plaintext && content.upstream.credential !== 'none') {
    report(
      'credential-in-clear',
      ['upstream', 'credential'],
      'would cross the network in clear; use tls instead of plaintext',
    )
  }
  checkIssuers(content, report)
  for (const { path, file } of filesIn(content))
    checkReadable(path, resolve(directory, file), report)
  return problems
}

function checkLogin({ ops, issuers }: ServiceFile, report: Report): void {
  const { login } = ops.review
  if (login === undefined) return
  const path = ['ops', 'review', 'login']
  if (!Object.hasOwn(issuers, login.issuer)) {
    const known = Object.keys(issuers)
    const hint = didYouMean(login.issuer, known) || `write one of ${known.join(', ')}`
    const message = `is ${login.issuer}, which is not among issuers; ${hint}`
    report('login-issuer-unknown', [...path, 'issuer'], message)
  }
  if (Object.values(issuers).some(({ audience }) => audience === login.client_id)) {
    const message =
      'is the audience of job tokens too; write the id of an application for the login'
    report('login-audience-shared', [...path, 'client_id'], message)
  }
}

function checkMutualTls(
  path: readonly PropertyKey[],
  tls: { readonly cert_file?: string | undefined; readonly key_file?: string | undefined } = {},
  report: Report,
): void {
  if ((tls.cert_file === undefined) === (tls.key_file === undefined)) return
  const why = 'has one of cert_file and key_file; mutual TLS needs both'
  report('mutual-tls-incomplete', path, why)
}

function checkTlsChoice(
  key: 'listen' | 'upstream',
  side: { readonly tls?: unknown; readonly plaintext?: true | undefined },
  advice: string,
  report: Report,
): void {
  if ((side.tls === undefined) !== (side.plaintext === undefined)) return
  if (side.tls !== undefined)
    report('transport-choice', [key], 'has both tls and plaintext; keep one of them')
  else
    report(
      'transport-choice',
      [key],
      `says neither tls nor plaintext; ${advice}, or plaintext: true to go without`,
    )
}

function checkIssuers(content: ServiceFile, report: Report): void {
  const seen = new Set<string>()
  for (const [name, issuer] of Object.entries(content.issuers)) {
    const path = ['issuers', name]
    if (issuer.jwks_uri !== undefined && issuer.jwks_file !== undefined) {
      report('keys-ambiguous', path, 'has both jwks_uri and jwks_file; keep one of them')
    }
    if (seen.has(issuer.url)) {
      report(
        'issuer-duplicate',
        [...path, 'url'],
        'is the url of an earlier issuer; a token could not tell them apart',
      )
    }
    seen.add(issuer.url)
  }
}

interface NamedFile {
  readonly path: readonly PropertyKey[]
  readonly file: string
}

/** Every file that must be there at the start, wherever it is named. Not the policy, which is read for itself. */
function filesIn(content: object, path: readonly PropertyKey[] = []): NamedFile[] {
  return Object.entries(content).flatMap(([key, value]: [string, unknown]): NamedFile[] => {
    const here = [...path, Array.isArray(content) ? Number(key) : key]
    if (typeof value === 'object' && value !== null) return filesIn(value, here)
    return key.endsWith('_file') && typeof value === 'string' ? [{ path: here, file: value }] : []
  })
}

function checkReadable(path: readonly PropertyKey[], file: string, report: Report): void {
  try {
    if (readFileSync(file).length === 0)
      report('file-unreadable', path, `names ${file}, which is empty`)
  } catch (error) {
    report(
      'file-unreadable',
      path,
      `names ${file}, which cannot be read (${(error as NodeJS.ErrnoException).code})`,
    )
  }
}
