/**
 * Which records of a subdomain count (spec 06 §7.4 and §7.5): the domain's owner makes it, and each later record is signed
 * by the owner before it.
 */
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { decodeScript, type Token } from "../bitcoin/script.ts";
import { decodeBase58Check } from "../encoding/base58check.ts";
import { decodePythonBase64 } from "../encoding/python-base64.ts";
import { ParseError } from "../errors.ts";
import { equalBytes, fromLatin1 } from "../primitives/bytes.ts";
import { hash160, sha256 } from "../primitives/digest.ts";
import { isIndependent, type SubdomainRecord, textToSign } from "../zonefile/subdomain-record.ts";

/** Versions of addresses, of Bitcoin and of its test chains: the original took either for the other. */
const SINGLE_KEY = [0, 111];
const SEVERAL_KEYS = [5, 196];
const SIGNATURE_BYTES = 64;
const OP_CHECKMULTISIG = 0xae;

/** Did the holder of an address sign the record? No for an address that is none. */
export function isSignedBy(record: SubdomainRecord, owner: string): boolean {
  if (record.signature === null) return false;
  try {
    const { version, payload } = decodeBase58Check(owner);
    const pushes = decodeScript(decodePythonBase64(record.signature));
    const digest = sha256(fromLatin1(textToSign(record)));
    if (SINGLE_KEY.includes(version)) return isSignedByKey(pushes, payload, digest);
    return SEVERAL_KEYS.includes(version) && isSignedByKeys(pushes, payload, digest);
  } catch (error) {
    if (error instanceof ParseError) return false;
    throw error;
  }
}

const dataOf = (token: Token | undefined): Uint8Array | null => (token?.kind === "data" ? token.data : null);

function isSignedByKey(pushes: readonly Token[], keyHash: Uint8Array, digest: Uint8Array): boolean {
  const [signature, key, ...rest] = pushes;
  const publicKey = dataOf(key);
  if (rest.length > 0 || publicKey === null || !equalBytes(hash160(publicKey), keyHash)) return false;
  return isValid(dataOf(signature), publicKey, digest);
}

/** Exactly as many signatures as are needed, in the order of the keys. */
function isSignedByKeys(pushes: readonly Token[], scriptHash: Uint8Array, digest: Uint8Array): boolean {
  const redeemScript = dataOf(pushes.at(-1));
  if (redeemScript === null || !equalBytes(hash160(redeemScript), scriptHash)) return false;
  const asked = keysIn(decodeScript(redeemScript));
  const signatures = pushes.slice(1, -1);
  if (asked === null || signatures.length !== asked.needed) return false;
  let next = 0;
  return signatures.every((signature) => {
    while (next < asked.keys.length) {
      const key = asked.keys[next++];
      if (key !== undefined && isValid(dataOf(signature), key, digest)) return true;
    }
    return false;
  });
}

/** `m key… n OP_CHECKMULTISIG`; null for another script. */
function keysIn(tokens: readonly Token[]): { readonly needed: number; readonly keys: readonly Uint8Array[] } | null {
  const [needed, count, end] = [tokens[0], tokens.at(-2), tokens.at(-1)];
  if (needed?.kind !== "number" || count?.kind !== "number") return null;
  if (end?.kind !== "opcode" || end.opcode !== OP_CHECKMULTISIG) return null;
  const keys = tokens.slice(1, -2).flatMap((token) => dataOf(token) ?? []);
  return keys.length === count.value && tokens.length === keys.length + 3 ? { needed: needed.value, keys } : null;
}

/** ECDSA over a digest; r and s of 32 bytes each, large s too. */
function isValid(signature: Uint8Array | null, publicKey: Uint8Array, digest: Uint8Array): boolean {
  if (signature?.length !== SIGNATURE_BYTES) return false;
  try {
    return secp256k1.verify(signature, digest, publicKey, { prehash: false, lowS: false });
  } catch {
    return false; // no point of the curve, or numbers out of its range
  }
}

/** A first record: the owner of the domain makes it, and nobody signs. */
export function isInitial(record: Pick<SubdomainRecord, "sequence" | "name" | "domain">): boolean {
  return record.sequence === 0 && !isIndependent(record);
}

/** Says whether an owner signed a record; `isSignedBy`, or one that remembers. */
export type Signed<R> = (record: R, owner: string) => boolean;

/** May `next` follow `before`? Only the domain itself may carry a change of owner. */
export function isSuccessor<R extends SubdomainRecord>(before: R, next: R, signed: Signed<R>): boolean {
  if (next.name !== before.name || next.sequence !== before.sequence + 1) return false;
  if (next.owner !== before.owner && isIndependent(next)) return false;
  return signed(next, before.owner);
}

/** A record with the place of its zone file in the chain. */
export interface PlacedSubdomain extends SubdomainRecord {
  readonly position: number;
}

/** By sequence number, then by place. */
const byOrder = (a: PlacedSubdomain, b: PlacedSubdomain): number => a.sequence - b.sequence || a.position - b.position;

/**
 * The records of one subdomain that count, in their order: what a node makes of them that sees the zone files in the order
 * of the chain (spec 06 §7.5). Each carrying zone file brings a subdomain at most once.
 */
export function acceptedRecords<R extends PlacedSubdomain>(records: readonly R[], signed: Signed<R>): readonly R[] {
  const seen: R[] = [];
  const accepted = new Set<R>();
  for (const record of [...records].sort((a, b) => a.position - b.position)) {
    seen.push(record);
    judge(record, seen, accepted, signed);
  }
  return [...accepted].sort(byOrder);
}

/** What changes when a record is seen: those before it in both orders are walked again, and then those that follow. */
function judge<R extends PlacedSubdomain>(record: R, seen: readonly R[], accepted: Set<R>, signed: Signed<R>): void {
  const past = seen.filter(({ sequence }) => sequence <= record.sequence).sort(byOrder);
  for (const each of past) accepted.delete(each);
  const [first] = past;
  if (first === undefined || !isInitial(first)) return;
  accepted.add(first);
  const last = walk(first, past.slice(1), accepted, signed);
  const future = seen.filter(
    (each) => each !== last && each.sequence >= last.sequence && each.position >= last.position,
  );
  for (const each of future) accepted.delete(each);
  walk(last, future.sort(byOrder), accepted, signed);
}

/** Accepts each record that may follow the last accepted one. Answers the last. */
function walk<R extends PlacedSubdomain>(from: R, records: readonly R[], accepted: Set<R>, signed: Signed<R>): R {
  let last = from;
  for (const record of records) {
    if (!isSuccessor(last, record, signed)) continue;
    accepted.add(record);
    last = record;
  }
  return last;
}
