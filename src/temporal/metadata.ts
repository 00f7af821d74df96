import type { Metadata } from '../core/call.ts'

/**
 * Metadata that Temporal's frontend, or a proxy in front of it, acts on. A caller may not set it: it is
 * dropped, and set by Sallyport where it means something.
 */
const controlNames: ReadonlySet<string> = new Set([
  'authorization',
  'authorization-extras',
  'caller-name',
  'caller-type',
  'call-initiation',
  'cookie',
  'forwarded',
  'proxy-authorization',
  'x-real-ip',
])

/** Families of control metadata, by prefix, so that new members do not pass before they are known. */
const controlPrefixes = ['temporal-', 'grpcgateway-', 'grpc-', 'x-forwarded-', 'sallyport-']

/** Headers of the hop between caller and proxy; gRPC makes its own for the next one. */
const hopNames: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'connection',
  'content-length',
  'content-type',
  'date',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
])

/** Whether metadata of this name goes from the caller to the upstream. */
export function isForwardable(name: string): boolean {
  if (name.startsWith(':') || hopNames.has(name) || controlNames.has(name)) return false
  return !controlPrefixes.some((prefix) => name.startsWith(prefix))
}

/** Whether metadata of this name goes from the upstream's answer to the caller. */
export function isAnswerable(name: string): boolean {
  return !name.startsWith(':') && !hopNames.has(name) && !grpcFraming.has(name)
}

/** Parts of gRPC's own framing, which each hop writes for itself. */
const grpcFraming: ReadonlySet<string> = new Set([
  'grpc-accept-encoding',
  'grpc-encoding',
  'grpc-message',
  'grpc-status',
])

/** What may stand in metadata; a hint that cannot is left out. */
const printable = /^[!-~]+$/

/** What Sallyport itself says to the upstream about a call. */
export function controlMetadata(namespace: string): Metadata {
  return printable.test(namespace) ? [['temporal-namespace', namespace]] : []
}
