import { z } from 'zod'

const seq = z.int().min(0)
const digest = z.string().regex(/^[0-9a-f]{64}$/)
const time = z.iso.datetime()

/** In `manifest.json`. Its numbers are checked against the files. */
const manifestShape = z.object({
  format: z.literal('sallyport-audit-bundle/1'),
  version: z.string(),
  period: z.object({ from: time, to: time }),
  entries: z.object({
    first_seq: seq.min(1),
    last_seq: seq.min(1),
    /** The entry before the first one: its number, and the SHA-256 of its line. */
    after: z.object({ seq, sha256: digest }),
    head: digest,
  }),
  contents: z.object({
    first_seq: seq.nullable(),
    last_seq: seq.nullable(),
    calls_allowed: seq,
    calls_refused: seq,
    kinds: z.record(z.string(), seq),
  }),
  is_closed: z.boolean(),
  keys: z.array(z.string()),
  policies: z.array(z.object({ hash: z.string(), file: z.string().nullable() })),
  journal: z.object({
    ok: z.boolean(),
    first_seq: seq,
    last_seq: seq,
    problem_count: seq,
    problems: z.array(z.unknown()),
  }),
  files: z.array(z.object({ name: z.string(), bytes: seq, sha256: digest })),
  verify: z.string(),
})

/** What a bundle says about itself. */
export type Manifest = z.infer<typeof manifestShape>

/** Reads a manifest, or returns undefined where the text is none that this version knows. */
export function parseManifest(text: string): Manifest | undefined {
  try {
    return manifestShape.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
