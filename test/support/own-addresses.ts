import { networkInterfaces } from 'node:os'

/** Addresses that this machine has: not every one has IPv6. */
export const ownAddresses: ReadonlySet<string> = new Set(
  Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .map(({ address }) => address),
)
