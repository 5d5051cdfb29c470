/** Answers that are kept before all are forgotten: enough for whoever acted in the last blocks. */
const SIZE = 4096;

/** The same function of a text, which remembers its last answers: for what costs hashes and is asked again soon. */
export function remembering<T>(answer: (of: string) => T): (of: string) => T {
  const known = new Map<string, T>();
  return (of) => {
    const before = known.get(of);
    if (before !== undefined) return before;
    const now = answer(of);
    if (known.size >= SIZE) known.clear();
    known.set(of, now);
    return now;
  };
}
