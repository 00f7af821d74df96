import type { Manifest } from './manifest.ts'

/** The text that explains a bundle to an auditor who knows nothing of Sallyport. */
export function readMe(manifest: Omit<Manifest, 'files'>): string {
  const { period, entries, contents, policies, journal, is_closed: isClosed } = manifest
  const missing = policies.filter(({ file }) => file === null)
  return `Audit evidence of Sallyport, ${period.from} to ${period.to}
(from the first moment on, and before the second; all times are UTC)

WHAT THIS IS
Sallyport stands between CI jobs and a Temporal server. It decides on every call, and writes the
decision into a journal before it forwards the call. This is the part of one journal that shows
the period: ${contents.calls_allowed} calls allowed, ${contents.calls_refused} refused.

WHAT IS IN IT
entries/        entries ${entries.first_seq} to ${entries.last_seq}, one JSON object a line, byte for byte as they were written.
                The first is a checkpoint from before the period, unless the journal began within
                it; the last one is from after it. So nothing can be missing at either end unseen.
checkpoints.txt signed statements of how many entries there are and which SHA-256 the last of
                them has: the last of every hour. All others are among the entries. They are
                C2SP signed notes, which other tools can check as well.
handovers.txt   signed statements of which key signs from which entry on, from before entry ${entries.first_seq}.
keys.txt        the public keys, one a line: name+hash+base64.
policies/       the policy files that were in force, named by their SHA-256, as far as they were given.
manifest.json   the numbers above, and the SHA-256 of every file.

HOW TO CHECK IT
  sallyport audit verify --bundle FILE --key KEY
KEY is the public key that you were given some other way than in this file, best when the journal
began. Without --key, the first key in this file is trusted: that shows that the file fits
together, not who made it. No network is needed.

By hand: each line has the SHA-256 of the line before it, without its newline, in "prev"; the
first one names ${entries.after.sha256}.

WHAT IT SHOWS, AND WHAT NOT
That no entry of the range was changed, added, removed or moved after the last checkpoint in it
was signed. It does not show that the machine that signed was honest while it wrote; for that, compare
with checkpoints that were published elsewhere at the time (--checkpoint FILE).
${
  isClosed
    ? 'The range ends with a checkpoint from a minute after the period or later, or from a stop behind it: what\nwas recorded of the period until then is all here. Ends of calls that had to wait for a disk may come later.'
    : 'NO CHECKPOINT FROM A MINUTE AFTER THE PERIOD IS THERE: entries may be missing from its end.'
}
${journal.ok ? '' : `THE JOURNAL HAD ${journal.problem_count} PROBLEMS when this was made: see manifest.json.\n`}${missing.map(({ hash }) => `The policy ${hash} was in force, and its file was not given.\n`).join('')}`
}
