/** That an operation's transaction is in its Bitcoin block, out of a source that shows the block. */
import type { BlockSource } from "../chain/source.ts";
import { BskError } from "../errors.ts";
import type { HashedRecord } from "../ops/hashed-record.ts";
import type { BlockHash } from "../primitives/hash.ts";
import type { BlockHeight } from "../primitives/units.ts";
import { type Inclusion, proveInclusion, verifyInclusion } from "../verify/inclusion.ts";

/**
 * The source is to be a checked one.
 * @throws BskError `refuted`, rule `not-in-block`, where its block has another transaction there; `unproven` without the block
 */
export async function transactionInBlock(
  { txid, vtxindex }: Pick<HashedRecord, "txid" | "vtxindex">,
  height: BlockHeight,
  source: BlockSource,
): Promise<{ readonly inclusion: Inclusion; readonly blockHash: BlockHash }> {
  const blockHash = await source.blockHashAt(height);
  if (blockHash === null) {
    throw new BskError("unproven", `${source.description} does not have block ${height}`, { rule: "not-in-block" });
  }
  const inclusion = inclusionIn(await source.rawBlock(blockHash), vtxindex);
  const isThere =
    inclusion !== null && verifyInclusion(inclusion, { txid, vtxindex }, height, () => blockHash).kind === "proven";
  if (isThere) return { inclusion, blockHash };
  throw new BskError(
    "refuted",
    `block ${height} of ${source.description} does not have transaction ${txid} as number ${vtxindex}`,
    { rule: "not-in-block", hint: "the node that gave the proof and the Bitcoin node follow different chains" },
  );
}

/** null: the block has fewer transactions. */
function inclusionIn(block: Uint8Array, index: number): Inclusion | null {
  try {
    return proveInclusion(block, index);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
