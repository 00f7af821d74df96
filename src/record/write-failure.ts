/** Says in words for an operator why the audit directory cannot be written, and what to do about it. */
export function explainWriteFailure(error: unknown, directory: string): string {
  if (!(error instanceof Error)) return String(error)
  if (!('code' in error)) return error.message
  const advice = adviceFor(String(error.code), directory)
  return advice === undefined
    ? `${directory}: ${error.message}`
    : `${advice} (${String(error.code)})`
}

function adviceFor(code: string, directory: string): string | undefined {
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return `the disk of audit directory ${directory} is full; free some space or enlarge it`
    case 'EROFS':
      return `audit directory ${directory} is on a read-only file system; mount it writable`
    case 'EACCES':
    case 'EPERM':
      return `audit directory ${directory} may not be written; make its owner the user that runs Sallyport`
    case 'ENOENT':
      return `audit directory ${directory} is missing; create it again, or mount its volume`
    case 'ENOTDIR':
    case 'EEXIST':
      return `audit directory ${directory} is not a directory; move that file away, or name another`
    case 'EIO':
      return `the disk of audit directory ${directory} fails; look at the system log`
    case 'ETIMEDOUT':
      return `the disk of audit directory ${directory} does not answer in time; look at its load and the system log`
    default:
      return undefined
  }
}
