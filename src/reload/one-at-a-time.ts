/** Runs one after the other. Whoever asks while one waits for its turn gets that one: it begins later still. */
export function oneAtATime<T>(run: () => Promise<T>): () => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  let waiting: Promise<T> | undefined
  return () => {
    const begin = () => {
      waiting = undefined
      return run()
    }
    waiting ??= last.then(begin, begin)
    last = waiting
    return waiting
  }
}
