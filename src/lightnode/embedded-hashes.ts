/** The consensus hashes that senders embedded in their operations: each is a sender's view of the history so far. */
import { BskError, ParseError } from "../errors.ts";
import type { ScriptHex } from "../bitcoin/address.ts";
import type { BlockSource } from "../chain/source.ts";
import { OPCODES } from "../ops/opcode.ts";
import type { Operation, OperationKind } from "../ops/operation.ts";
import { fromLatin1, indexOfBytes } from "../primitives/bytes.ts";
import type { BlockHash, ConsensusHash, Txid, UpdateHash } from "../primitives/hash.ts";
import { type BlockHeight, blockHeight } from "../primitives/units.ts";
import type { Network } from "../protocol/network-definition.ts";
import { parseCandidate } from "../rules/machine.ts";
import { findCandidates, spentOutpoints } from "../virtualchain/candidates.ts";

export interface EmbeddedHash {
  readonly height: BlockHeight;
  readonly txid: Txid;
  readonly vtxindex: number;
  readonly kind: OperationKind;
  /** Whose output the first input spends. */
  readonly sender: ScriptHex;
  /** Satoshis sent to the network's burn address, which nobody can spend from. */
  readonly burnt: number;
  readonly says: Embedded;
}

/** An update hides the hash behind its name's. */
export type Embedded =
  | { readonly kind: "hash"; readonly hash: ConsensusHash }
  | { readonly kind: "update"; readonly updateHash: UpdateHash };

/**
 * Of a block's operations, in block order: preorders, updates, transfers and whatever else carries a hash. The rules were
 * not asked. The source is to be a checked one: what it says is taken.
 * @throws BskError as the source does, and `refuted` where the bytes are no block
 */
export async function embeddedHashesOf(
  source: BlockSource,
  { height, hash }: { readonly height: BlockHeight; readonly hash: BlockHash },
  network: Network,
): Promise<readonly EmbeddedHash[]> {
  return (await operationsOf(source, { height, hash }, network)).flatMap((operation) => {
    const says = embeddedIn(operation);
    if (says === null) return [];
    const { txid, vtxindex, kind, sender } = operation;
    return [{ height, txid, vtxindex, kind, sender, burnt: burntBy(operation, network), says }];
  });
}

/** What the parser of an indexer sees in a block, before any rule. @throws BskError as `embeddedHashesOf` */
async function operationsOf(
  source: BlockSource,
  { height, hash }: { readonly height: BlockHeight; readonly hash: BlockHash },
  network: Network,
): Promise<readonly Operation[]> {
  const found = candidatesIn(await source.rawBlock(hash), source, height, network);
  const outpoints = found.map(spentOutpoints);
  const scripts = found.length === 0 ? [] : await source.spentScripts(hash, outpoints.flat());
  let next = 0;
  return found.flatMap((candidate, i) => {
    const spentScripts = scripts.slice(next, (next += outpoints[i]?.length ?? 0));
    const parsed = parseCandidate({ ...candidate, spentScripts }, height, network);
    return parsed.kind === "ok" ? [parsed.value] : [];
  });
}

function candidatesIn(raw: Uint8Array, source: BlockSource, height: number, { magic }: Network) {
  try {
    return findCandidates(raw, fromLatin1(magic), OPCODES, indexOfBytes);
  } catch (cause) {
    if (!(cause instanceof ParseError)) throw cause;
    throw new BskError("refuted", `block ${height} from ${source.description} is no block`, { cause });
  }
}

/** null for operations that carry no consensus hash. */
function embeddedIn(operation: Operation): Embedded | null {
  switch (operation.kind) {
    case "NAME_PREORDER":
    case "NAMESPACE_PREORDER":
    case "NAME_TRANSFER":
    case "TOKEN_TRANSFER":
      return { kind: "hash", hash: operation.consensusHash };
    case "NAME_UPDATE":
      return { kind: "update", updateHash: operation.updateHash };
    default:
      return null;
  }
}

function burntBy(operation: Operation, { burnAddress }: Network): number {
  return "burnAddress" in operation && operation.burnAddress === burnAddress ? operation.opFee : 0;
}

/** The blocks of a source from one height to another that it has, in order. */
export async function* blocksOf(
  source: BlockSource,
  from: number,
  to: number,
): AsyncGenerator<{ readonly height: BlockHeight; readonly hash: BlockHash }, void, undefined> {
  for (let at = from; at <= to; at++) {
    const height = blockHeight(at);
    const hash = await source.blockHashAt(height);
    if (hash === null) return;
    yield { height, hash };
  }
}
