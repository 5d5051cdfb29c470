/**
 * The transactions of a raw block that may carry an operation. Magic bytes are searched for in the raw bytes first;
 * only transactions in which they stand behind an OP_RETURN push are parsed.
 *
 *   6a LEN magic                    direct push
 *   6a 4c LEN magic                 OP_PUSHDATA1
 *   6a 4d LEN LEN magic             OP_PUSHDATA2
 *   6a 4e LEN LEN LEN LEN magic     OP_PUSHDATA4
 */
import { decidingNulldata } from "../bitcoin/script.ts";
import { walkTransactions } from "../bitcoin/block.ts";
import { isCoinbase, parseTransactionAt, type Transaction, transactionIdAt } from "../bitcoin/transaction.ts";
import { splitNulldata } from "../ops/payload.ts";
import { type Txid, txidOf } from "../primitives/hash.ts";
import type { Candidate } from "./machine.ts";

/** Where `needle` first occurs at or behind `from`, -1 if nowhere: `Buffer.indexOf`, or `indexOfBytes` where there is none. */
export type ByteSearch = (haystack: Uint8Array, needle: Uint8Array, from: number) => number;

/** A candidate whose spent scripts are still to be fetched. */
export type FoundCandidate = Omit<Candidate, "spentScripts">;

/** An output that a candidate spends. */
export interface SpentOutpoint {
  readonly txid: Txid;
  readonly index: number;
}

const OP_RETURN = 0x6a;
/** Bytes between OP_RETURN and the data, by the opcode behind OP_RETURN. */
const PUSH_FORMS = [
  { opcode: 0x4c, distance: 3 },
  { opcode: 0x4d, distance: 4 },
  { opcode: 0x4e, distance: 6 },
] as const;

function followsOpReturn(block: Uint8Array, at: number): boolean {
  if (block[at - 2] === OP_RETURN) return true;
  return PUSH_FORMS.some(
    ({ opcode, distance }) => block[at - distance] === OP_RETURN && block[at - distance + 1] === opcode,
  );
}

/** Positions of magic bytes that stand where an operation's would. Most blocks have none, or a few by chance. */
function hits(block: Uint8Array, magic: Uint8Array, opcodes: ReadonlySet<number>, search: ByteSearch): number[] {
  const found: number[] = [];
  for (let at = search(block, magic, 0); at >= 0; at = search(block, magic, at + 1)) {
    const opcode = block[at + magic.length];
    if (opcode !== undefined && opcodes.has(opcode) && followsOpReturn(block, at)) found.push(at);
  }
  return found;
}

/** Reads one framed transaction; null where its deciding OP_RETURN carries no operation. */
function candidateAt(
  block: Uint8Array,
  start: number,
  vtxindex: number,
  magic: Uint8Array,
  opcodes: ReadonlySet<number>,
): FoundCandidate | null {
  const { transaction, end } = parseTransactionAt(block, start);
  if (isCoinbase(transaction)) return null;
  const data = decidingNulldata(transaction.outputs.map(({ script }) => script));
  const split = data === null ? null : splitNulldata(data, magic, opcodes);
  return split === null
    ? null
    : { txid: transactionIdAt(block, start, end, transaction), vtxindex, transaction, ...split };
}

/**
 * The candidates of a raw block, in block order. A coinbase is never one: its input has no sender.
 * @throws ParseError where the bytes are no block (only looked at as far as needed).
 */
export function findCandidates(
  block: Uint8Array,
  magic: Uint8Array,
  opcodes: ReadonlySet<number>,
  search: ByteSearch,
): FoundCandidate[] {
  const positions = hits(block, magic, opcodes, search);
  const found: FoundCandidate[] = [];
  if (positions.length === 0) return found;
  let next = 0;
  walkTransactions(block, (index, start, end) => {
    let position = positions[next];
    if (position !== undefined && position < end) {
      const candidate = candidateAt(block, start, index, magic, opcodes);
      if (candidate !== null) found.push(candidate);
      while (position !== undefined && position < end) position = positions[++next];
    }
    return position !== undefined;
  });
  return found;
}

/** The candidate that a transaction alone is, outside of any block; null if it carries no operation. @throws ParseError */
export function candidateOf(raw: Uint8Array, magic: Uint8Array, opcodes: ReadonlySet<number>): FoundCandidate | null {
  return candidateAt(raw, 0, 0, magic, opcodes);
}

/** The outputs that a candidate spends, in input order: what a block source is asked for. */
export function spentOutpoints({ transaction }: { readonly transaction: Transaction }): SpentOutpoint[] {
  return transaction.inputs.map(({ previousTxid, previousIndex }) => ({
    txid: txidOf(previousTxid),
    index: previousIndex,
  }));
}
