/**
 * One block out of a raw tile, judged by all rules: it is taken only if it comes to the ops hash that the pin proves, and
 * if nothing else could have come to that (ADR 19).
 */
import { lastPush, p2pkhScript, p2shScript, scriptKindAndHash } from "../bitcoin/script.ts";
import { scriptHex } from "../bitcoin/address.ts";
import type { ChainPlace, Outpoint } from "../chain/source.ts";
import { BskError } from "../errors.ts";
import type { AppliedOperation } from "../ops/applied.ts";
import { preorderHashOf } from "../ops/preorder-hash.ts";
import { equalBytes } from "../primitives/bytes.ts";
import { hash160, sha256d } from "../primitives/digest.ts";
import { type OpsHash, type Txid, txidOf } from "../primitives/hash.ts";
import type { BlockHeight } from "../primitives/units.ts";
import type { Changes } from "../rules/changes.ts";
import type { BnsMachine } from "../rules/machine.ts";
import type { RawOperation } from "../verify/raw-tile.ts";
import { spentOutpoints } from "../virtualchain/candidates.ts";
import { indexBlock } from "../virtualchain/index-block.ts";
import type { Candidate } from "../virtualchain/machine.ts";
import type { IndexedBlock } from "../virtualchain/store.ts";
import { candidateAgain } from "./rederive.ts";
import type { NodeStore } from "./store/store.ts";

type Indexed = IndexedBlock<AppliedOperation, Changes>;

/** A block as a tile and the headers of the Bitcoin source have it. */
export interface TileBlock {
  readonly height: BlockHeight;
  readonly place: ChainPlace;
  readonly operations: readonly RawOperation[];
  /** What the pin's chain has there. */
  readonly opsHash: OpsHash;
}

export type Judged =
  | { readonly kind: "true"; readonly indexed: Indexed }
  /** No honest tile holds this. */
  | { readonly kind: "false"; readonly because: string }
  /** The Bitcoin source must say what this output's script is: the tile says `script`. */
  | { readonly kind: "doubtful"; readonly txid: Txid; readonly outpoint: Outpoint; readonly script: Uint8Array }
  /** The rules of this height cannot be applied here. */
  | { readonly kind: "not-supported"; readonly error: BskError };

/** Judges the block behind the store's last, and changes nothing. `sure`: operations whose senders were asked for. */
export function judgeTileBlock(
  { height, place, operations, opsHash }: TileBlock,
  store: NodeStore,
  machine: BnsMachine,
  sure: ReadonlySet<Txid>,
): Judged {
  const candidates: Candidate[] = [];
  for (const operation of operations) {
    const txid = txidOf(sha256d(operation.rawTransaction));
    const candidate = candidateAgain({ ...operation, txid }, machine);
    if (candidate === null) return lie(`transaction ${operation.vtxindex} carries no operation`);
    candidates.push(candidate);
  }
  const { firstBlock } = store.network;
  const chain = { firstBlock, consensusHashAt: (at: number) => store.consensusHashAt(at) };
  let indexed: Indexed;
  try {
    indexed = indexBlock(machine, store.view, { height, ...place, candidates, hashedOnly: true }, chain);
  } catch (error) {
    if (error instanceof BskError && error.rule === "epoch-not-supported") return { kind: "not-supported", error };
    throw error;
  }
  if (indexed.opsHash !== opsHash)
    return lie(`its operations come to ops hash "${indexed.opsHash}", the pin's chain has "${opsHash}"`);
  if (indexed.accepted.filter(({ canonical }) => canonical !== null).length !== candidates.length)
    return lie("it holds a transaction that the network did not take");
  return firstDoubt(indexed, candidates, store, sure) ?? { kind: "true", indexed };
}

function lie(because: string): Judged {
  return { kind: "false", because };
}

/**
 * The ops hash stands for the sender of every operation but a registration, which names its payer by the preorder that it
 * uses. Bitcoin says that the payer's script is p2pkh or p2sh of what the first input pushed last. Which of the two is
 * certain unless the chain holds preorders for both.
 */
function firstDoubt(
  { accepted }: Indexed,
  candidates: readonly Candidate[],
  store: NodeStore,
  sure: ReadonlySet<Txid>,
): Judged | null {
  const opened = new Set<string>();
  for (const [i, { accepted: applied, senderScript: script, txid, vtxindex }] of accepted.entries()) {
    if (applied.kind === "NAME_PREORDER") opened.add(applied.preorder.preorderHash);
    const candidate = candidates[i];
    if (applied.kind !== "NAME_REGISTRATION" || candidate === undefined || sure.has(txid)) continue;
    const pushed = lastPush(candidate.transaction.inputs[0]?.scriptSig ?? new Uint8Array());
    const other = pushed === null ? null : otherScript(script, hash160(pushed));
    if (other === "none") return lie(`transaction ${vtxindex} is signed by somebody else than its sender`);
    const { name, address } = applied.name;
    const hash = other === null ? null : preorderHashOf(name, scriptHex(other), address);
    if (hash !== null && !opened.has(hash) && store.view.preorders(hash).length === 0) continue;
    const [outpoint] = spentOutpoints(candidate);
    if (outpoint === undefined) throw new Error("an operation that was taken has an input");
    return { kind: "doubtful", txid, outpoint, script };
  }
  return null;
}

/** The script of the other kind with the same hash; "none" where the script has another hash. */
function otherScript(script: Uint8Array, hash: Uint8Array): Uint8Array | "none" {
  const of = scriptKindAndHash(script);
  if (of === null || !equalBytes(of.hash, hash)) return "none";
  return of.kind === "p2pkh" ? p2shScript(hash) : p2pkhScript(hash);
}
