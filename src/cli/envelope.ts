/**
 * What `--json` prints: exactly one line, one envelope.
 *
 *   {"v":1,"ok":true,"data":{…}}
 *   {"v":1,"ok":false,"error":{"kind":"rejected","message":"…","rule":"chain-ended","hint":"…","because":["…"]}}
 *
 * `rule`, `hint` and `because` are left out where there is nothing to say. Amounts are integers in satoshis as JSON
 * numbers: all bitcoin there can be is below 2^53. An integer that is not below it is a string of digits.
 */
import type { Failure } from "./failure.ts";

export function successEnvelope(data: object): string {
  return JSON.stringify({ v: 1, ok: true, data }, plain);
}

export function failureEnvelope({ kind, message, rule, hint, because }: Failure): string {
  const error = {
    kind,
    message,
    ...(rule === null ? {} : { rule }),
    ...(hint === null ? {} : { hint }),
    ...(because.length === 0 ? {} : { because }),
  };
  return JSON.stringify({ v: 1, ok: false, error }, plain);
}

function plain(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return inSafeRange(value) ? Number(value) : value.toString();
  if (value instanceof Uint8Array) return Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (value instanceof Map) return Object.fromEntries(value as Map<string, unknown>);
  if (value instanceof Set) return Array.from(value as Set<unknown>);
  return value;
}

function inSafeRange(value: bigint): boolean {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= BigInt(Number.MIN_SAFE_INTEGER);
}
