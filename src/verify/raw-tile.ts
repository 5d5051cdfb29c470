/**
 * Raw tiles: the transactions of a chain's operations, from which a full node derives all that the hashed texts do not say.
 *
 *   "bsk-raw/1\n"  first (4)  count (4)  then for each block  n (varint)  n times:
 *     index (varint)  kind (1)  hash (20)  length (varint)  transaction without witnesses
 *
 * `index` is the transaction's in its block, ascending. `kind` and `hash` are the script that its first input spends: 0 is
 * p2pkh, 1 is p2sh. Nothing in a tile is believed before the rules came from it to the ops hash of each block (ADR 19).
 * There is one spelling of a tile, and no byte behind it. Format: docs/protocol/tiles.md.
 */
import { p2pkhScript, p2shScript, scriptKindAndHash } from "../bitcoin/script.ts";
import { ParseError } from "../errors.ts";
import { concat, fromLatin1 } from "../primitives/bytes.ts";
import { MOST_OPERATIONS, rangeBytes, tileReader, varint } from "./tile-bytes.ts";

const RAW_MAGIC = fromLatin1("bsk-raw/1\n");
/** A Bitcoin block has no more bytes that are not witnesses, nor more transactions than a third of that tells. */
const LONGEST_TRANSACTION = 1_000_000;
const HASH_BYTES = 20;

/** An operation of a block, as the rules need it. */
export interface RawOperation {
  /** Index of the transaction in its block. */
  readonly vtxindex: number;
  /** Script of the output that its first input spends: p2pkh or p2sh. */
  readonly senderScript: Uint8Array;
  /** Without witnesses. */
  readonly rawTransaction: Uint8Array;
}

export interface RawTile {
  readonly first: number;
  /** Operations of each block that entered its ops hash, in block order. */
  readonly blocks: readonly (readonly RawOperation[])[];
}

/** @throws RangeError unless there are 1 to `TILE_BLOCKS` blocks, and all senders are p2pkh or p2sh */
export function encodeRawTile({ first, blocks }: RawTile): Uint8Array {
  const body = blocks.flatMap((operations) => [varint(operations.length), ...operations.flatMap(encodeOperation)]);
  return concat(RAW_MAGIC, rangeBytes(first, blocks.length), ...body);
}

function encodeOperation({ vtxindex, senderScript, rawTransaction }: RawOperation): Uint8Array[] {
  const sender = scriptKindAndHash(senderScript);
  if (sender === null) throw new RangeError("an operation whose sender is neither p2pkh nor p2sh");
  const kind = Uint8Array.of(sender.kind === "p2pkh" ? 0 : 1);
  return [varint(vtxindex), kind, sender.hash, varint(rawTransaction.length), rawTransaction];
}

/** @throws ParseError on anything that `encodeRawTile` would not have written, or that no block can hold */
export function decodeRawTile(bytes: Uint8Array): RawTile {
  const reader = tileReader(bytes, RAW_MAGIC);
  const { first, count } = reader.range();
  const operation = (): RawOperation => {
    const vtxindex = reader.varint(LONGEST_TRANSACTION);
    const [kind = 0] = reader.take(1);
    if (kind > 1) throw new ParseError(`a sender of kind ${kind} in a tile`);
    const hash = reader.take(HASH_BYTES);
    const rawTransaction = reader.take(reader.varint(LONGEST_TRANSACTION));
    return { vtxindex, senderScript: kind === 0 ? p2pkhScript(hash) : p2shScript(hash), rawTransaction };
  };
  const blocks = Array.from({ length: count }, () => {
    const operations = Array.from({ length: reader.varint(MOST_OPERATIONS) }, operation);
    if (operations.some(({ vtxindex }, i) => vtxindex <= (operations[i - 1]?.vtxindex ?? -1)))
      throw new ParseError("operations of a block in a tile that are not in its order");
    return operations;
  });
  reader.end();
  return { first, blocks };
}
