import type { IssuerSettings } from '../../src/config/settings.ts'

/** Settings of an issuer at a url, as the configuration would give them when nothing else is said. */
export function issuerSettings(
  url: string,
  settings: Partial<IssuerSettings> = {},
): IssuerSettings {
  return {
    name: 'gitlab',
    kind: 'gitlab',
    url,
    audience: 'https://sallyport.test',
    maxAgeMs: 3_600_000,
    jwksUri: undefined,
    jwksFile: undefined,
    caFile: undefined,
    shared: false,
    staleKeysMaxMs: 12 * 3_600_000,
    ...settings,
  }
}
