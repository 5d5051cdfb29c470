import { ParseError } from "../errors.ts";
import type { Brand } from "./brand.ts";
import { fromLatin1 } from "./bytes.ts";
import { hash128 } from "./digest.ts";
import { type ConsensusHash, type NameHash, nameHash, type UpdateHash, updateHash } from "./hash.ts";

/** `label.namespace`: characters a-z 0-9 - _ on both sides of exactly one dot, at most 37 in all (spec 02 §2). */
export type Name = Brand<string, "Name">;

/** 1 to 19 characters a-z 0-9 - _ . */
export type NamespaceId = Brand<string, "NamespaceId">;

/** Longest name in bytes, namespace and dot included (original: LENGTHS.blockchain_id_name). */
export const NAME_MAX_LENGTH = 37;

const NAME = /^[a-z0-9_-]+\.[a-z0-9_-]{1,19}$/u;
const NAMESPACE = /^[a-z0-9_-]{1,19}$/u;

export function isName(text: string): text is Name {
  return text.length <= NAME_MAX_LENGTH && NAME.test(text);
}

export function isNamespaceId(text: string): text is NamespaceId {
  return NAMESPACE.test(text);
}

/** @throws ParseError */
export function name(text: string): Name {
  if (!isName(text))
    throw new ParseError(`not a name: "${text}" (label.namespace, with a-z 0-9 - _ and at most 37 characters)`);
  return text;
}

/** @throws ParseError */
export function namespaceId(text: string): NamespaceId {
  if (!isNamespaceId(text)) throw new ParseError(`not a namespace: "${text}" (1 to 19 characters of a-z 0-9 - _)`);
  return text;
}

export function labelOf(of: Name): string {
  return of.slice(0, of.indexOf("."));
}

export function namespaceOf(of: Name): NamespaceId {
  return of.slice(of.indexOf(".") + 1) as NamespaceId;
}

/** hash128 of the plain ASCII name: what a transfer carries (spec 01 §3). */
export function nameHashOf(of: string): NameHash {
  return nameHash.of(hash128(fromLatin1(of)));
}

/** hash128 of the ASCII name followed by the 32 hex digits of a consensus hash: what an update carries (quirk W2). */
export function updateHashOf(of: string, seen: ConsensusHash): UpdateHash {
  return updateHash.of(hash128(fromLatin1(of + seen)));
}

/** `leaf.label.namespace`: a name that a zone file of the chain carries (spec 06 §7.1). The leaf may have `+`. */
export type SubdomainName = Brand<string, "SubdomainName">;

/** Longest leaf that this program asks for or shows; the original's code has no bound. */
const LEAF_MAX_LENGTH = 256;
const LEAF = /^[a-z0-9_+-]+$/u;

export function isSubdomainName(text: string): text is SubdomainName {
  const dot = text.indexOf(".");
  return dot <= LEAF_MAX_LENGTH && LEAF.test(text.slice(0, dot)) && isName(text.slice(dot + 1));
}

/** A name of the chain, or a subdomain. @throws ParseError */
export function anyName(text: string): Name | SubdomainName {
  return isSubdomainName(text) ? text : name(text);
}

/** The name below which a subdomain stands. */
export function stemOf(of: SubdomainName): Name {
  return of.slice(of.indexOf(".") + 1) as Name;
}
