import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import type { Logger } from '../log.ts'
import { syncDirectory } from './directory.ts'

/** Keys of a journal: the first signs, the others signed before it. */
export type SigningKeys = readonly [KeyObject, ...KeyObject[]]

export interface SigningKeyOptions {
  readonly directory: string
  /** File with PEM keys; undefined makes a key in the directory and keeps it there. */
  readonly keyFile: string | undefined
  readonly log: Logger
}

const pemBlock = /-----BEGIN [^-]+-----[^-]+-----END [^-]+-----/g

/**
 * Reads the keys that checkpoints are signed with, or makes one. A key that was once made in the directory
 * stays among those before, so that it can hand over to a key file.
 *
 * @throws when a file cannot be read, or holds anything but Ed25519 private keys.
 */
export function loadSigningKeys({ directory, keyFile, log }: SigningKeyOptions): SigningKeys {
  const ownFile = join(directory, 'signing-key.pem')
  if (keyFile === undefined) {
    if (!existsSync(ownFile)) generateKey(directory, ownFile)
    return keysIn(ownFile, log)
  }
  const [first, ...before] = keysIn(keyFile, log)
  return [first, ...before, ...(existsSync(ownFile) ? keysIn(ownFile, log) : [])]
}

/**
 * Writes the public half of a key that was made in the directory beside it, as a line that verifiers take.
 * It is there for people to copy to a safe place: who can change the journal can change this file.
 */
export function publishVerifierKey(directory: string, vkey: string): void {
  const file = join(directory, 'signing-key.pub')
  const content = `${vkey}\n`
  if (existsSync(file) && readFileSync(file, 'utf8') === content) return
  writeWhole(directory, { file, content, mode: 0o644 })
}

function keysIn(file: string, log: Logger): SigningKeys {
  const blocks = contentOf(file).match(pemBlock) ?? []
  const [first, ...others] = blocks.map((block) => keyOf(block, file))
  if (first === undefined) throw new Error(`${file} holds no PEM key; ${advice(file)}`)
  if ((statSync(file).mode & 0o007) !== 0) {
    log.warn({ file }, 'everybody on this machine can read the signing key; chmod it to 0600')
  }
  return [first, ...others]
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    // Without its code, or it would be taken for an error of the audit directory.
    throw new Error(`cannot read signing key ${file}: ${String(error)}`, { cause: error })
  }
}

function keyOf(block: string, file: string): KeyObject {
  let key: KeyObject
  try {
    key = createPrivateKey(block)
  } catch {
    // What the library says of it stays out of the message.
    throw new Error(`${file} holds something that is no private key in the clear; ${advice(file)}`)
  }
  if (key.asymmetricKeyType === 'ed25519') return key
  throw new Error(`${file} holds a key of another kind than Ed25519; ${advice(file)}`)
}

function advice(file: string): string {
  return `make one with: openssl genpkey -algorithm ed25519 -out ${file}`
}

function generateKey(directory: string, file: string): void {
  const { privateKey } = generateKeyPairSync('ed25519')
  const content = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
  writeWhole(directory, { file, content, mode: 0o600 })
}

/** A crash leaves the whole file or none under its name. */
function writeWhole(
  directory: string,
  { file, content, mode }: { file: string; content: string; mode: number },
): void {
  const unfinished = `${file}.new`
  rmSync(unfinished, { force: true })
  const descriptor = openSync(unfinished, 'wx', mode)
  try {
    writeSync(descriptor, content)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
  renameSync(unfinished, file)
  syncDirectory(directory)
}
