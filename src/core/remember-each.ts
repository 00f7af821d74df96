/**
 * Computes something once for each object that it is asked about, and keeps it for as long as the object is
 * around. For what never changes with objects that come again and again.
 */
export function rememberEach<Key extends object, Value>(
  compute: (key: Key) => Value & {},
): (key: Key) => Value & {} {
  const known = new WeakMap<Key, Value & {}>()
  return (key) => {
    const found = known.get(key)
    if (found !== undefined) return found
    const computed = compute(key)
    known.set(key, computed)
    return computed
  }
}
