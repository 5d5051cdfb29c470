/**
 * What several nodes that may all be strangers say of a name under one pin: the newest operation that any of them proves.
 * One honest node among liars is enough to find it; the others are caught by its proof.
 */
import { BskError } from "../errors.ts";
import { type AncestryProof, isEarlier, type PlacedOperation, verifyAncestry } from "../verify/ancestry.ts";
import type { Asked } from "../verify/answer.ts";
import type { Answered, Askable } from "./node-word.ts";

/** An operation, and the nodes that say that it is the last one. */
export interface Claim {
  readonly operation: PlacedOperation;
  readonly by: readonly [Answered, ...Answered[]];
}

/** The newest operation, and by which proofs it comes after others that do not say so themselves. */
export interface Newest {
  readonly claim: Claim;
  /** By the text of the earlier operation. */
  readonly ancestry: ReadonlyMap<string, AncestryProof>;
}

export type Part = "operation" | "namespace";

/** The different operations that nodes give as the last one. */
export function claimsOf(words: readonly Answered[], part: Part): Claim[] {
  const claims = new Map<string, Claim>();
  for (const word of words) {
    const operation = word[part];
    if (operation === null) continue;
    const known = claims.get(operation.text);
    claims.set(operation.text, known === undefined ? { operation, by: [word] } : { ...known, by: [...known.by, word] });
  }
  return [...claims.values()];
}

/**
 * The claim that all others come before. Where operations do not tell by themselves which is the later one, the nodes that
 * claim one are asked to prove that it comes after the others: one request each, all at once. null where nobody claims any.
 * @throws BskError `unproven`, rule `undecided`, where no claim is shown to be the newest
 */
export async function newestOf(claims: readonly Claim[], asked: Asked): Promise<Newest | null> {
  if (claims.length === 0) return null;
  const candidates = await Promise.all(claims.map((claim) => asNewest(claim, claims, asked)));
  const [found] = candidates.filter((candidate) => candidate !== null);
  if (found !== undefined) return found;
  const nodes = claims.map(({ by: [{ node }] }) => node.url).join(" and ");
  throw new BskError("unproven", `${nodes} prove different operations as the last one, and none that it is the later`, {
    rule: "undecided",
    hint: "ask more nodes (--nodes URL,URL), or hash all operations up to the pin: bsk light sync",
  });
}

/** The claim as the newest of all, if each other one says or is proven to come before it. */
async function asNewest(claim: Claim, claims: readonly Claim[], asked: Asked): Promise<Newest | null> {
  const others = claims.filter((each) => each !== claim).map(({ operation }) => operation);
  const before = others.map((other) => ({ other, told: isEarlier(other, claim.operation) }));
  if (before.some(({ told }) => told === false)) return null;
  const untold = before.filter(({ told }) => told === null).map(({ other }) => other);
  const proofs = await Promise.all(untold.map((other) => provenAfter(claim, other, asked)));
  const ancestry = new Map<string, AncestryProof>();
  for (const [i, { text }] of untold.entries()) {
    const proof = proofs[i] ?? null;
    if (proof === null) return null;
    ancestry.set(text, proof);
  }
  return { claim, ancestry };
}

/** A proof by any of those who claim an operation that it comes after another; null where none of them gives one. */
async function provenAfter(
  { operation: later, by }: Claim,
  earlier: PlacedOperation,
  asked: Asked,
): Promise<AncestryProof | null> {
  const proofs = await Promise.all(by.map(({ node }) => askAncestry(node, { later, earlier }, asked)));
  return proofs.find((proof) => proof !== null) ?? null;
}

/** A node that does not answer, or wrongly, proves nothing. */
async function askAncestry(
  node: Askable,
  pair: { readonly later: PlacedOperation; readonly earlier: PlacedOperation },
  asked: Asked,
): Promise<AncestryProof | null> {
  try {
    const proof = await node.ancestry(pair.later.record.txid, pair.earlier.record.txid);
    return proof !== null && verifyAncestry(proof, pair, asked).kind === "proven" ? proof : null;
  } catch (error) {
    if (error instanceof BskError) return null;
    throw error;
  }
}
