/**
 * What a check comes to. A lie and a gap are never the same value: `refuted` means that what was given contradicts the
 * pin, `unproven` that something needed was not given.
 */
export type Outcome<T> =
  | { readonly kind: "proven"; readonly value: T }
  | { readonly kind: "refuted"; readonly because: string }
  | { readonly kind: "unproven"; readonly missing: string };

export function proven<T>(value: T): Outcome<T> {
  return { kind: "proven", value };
}

/** `because`: what contradicts what, as one line without a full stop. */
export function refuted(because: string): Outcome<never> {
  return { kind: "refuted", because };
}

/** `missing`: what would have to be given. */
export function unproven(missing: string): Outcome<never> {
  return { kind: "unproven", missing };
}
