/** Every way to spoil an answer that does not take thought: for each place in it, one answer that is spoilt there. */

type Value = unknown;

/** Copies of a value that are changed at one place each; `change` gives what may stand there instead. */
function* changedAt(value: Value, change: (of: Value) => Iterable<Value>): Generator {
  yield* change(value);
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) {
      for (const other of changedAt(item, change)) yield value.with(i, other);
    }
  } else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      for (const other of changedAt(item, change)) yield { ...value, [key]: other };
    }
  }
}

const isObject = (value: Value): value is Record<string, Value> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Each field dropped, at every depth. */
export function droppedFields(value: Value): Iterable<Value> {
  return changedAt(value, function* (of) {
    if (!isObject(of)) return;
    for (const key of Object.keys(of)) {
      const { [key]: _, ...rest } = of;
      yield rest;
    }
  });
}

/** Each list turned round, with its first two items exchanged, with one item less, and with one twice. */
export function spoiltLists(value: Value): Iterable<Value> {
  return changedAt(value, function* (of) {
    if (!Array.isArray(of)) return;
    const list = of as Value[];
    for (const other of [
      list.toReversed(),
      [...list.slice(1, 2), ...list.slice(0, 1), ...list.slice(2)],
      list.slice(1),
      list.slice(0, -1),
      [...list, ...list.slice(-1)],
      [...list, ...list],
    ]) {
      if (JSON.stringify(other) !== JSON.stringify(list)) yield other;
    }
  });
}

const DEEP = JSON.parse(`${"[".repeat(2000)}${"]".repeat(2000)}`) as Value;
const INSTEAD: readonly Value[] = [
  null,
  true,
  -1,
  0.5,
  1e21,
  2 ** 53,
  "",
  "0",
  "\u0000",
  "x".repeat(5000),
  [],
  {},
  DEEP,
];

/** Each value exchanged for one of another kind, or of no reasonable size. */
export function wrongKinds(value: Value): Iterable<Value> {
  return changedAt(value, () => INSTEAD);
}

/** The text with one bit of each character turned, a different one each time. */
export function* flippedBytes(text: string): Generator<string> {
  for (let i = 0; i < text.length; i++) {
    yield text.slice(0, i) + String.fromCharCode(text.charCodeAt(i) ^ (1 << (i % 7))) + text.slice(i + 1);
  }
}
