/** A database made again from the transactions that another one holds: no source is asked, every rule is applied. */
import { setImmediate } from "node:timers/promises";
import { decidingNulldata } from "../bitcoin/script.ts";
import { parseTransaction } from "../bitcoin/transaction.ts";
import { isStorageFailure } from "../database/sqlite.ts";
import { ParseError } from "../errors.ts";
import { splitNulldata } from "../ops/payload.ts";
import type { Txid } from "../primitives/hash.ts";
import { type BnsMachine, bnsMachine } from "../rules/machine.ts";
import type { Allocation } from "../tokens/allocation.ts";
import { accept } from "../rules/verdict.ts";
import { appendBlock } from "../virtualchain/engine.ts";
import type { CandidateBlock } from "../virtualchain/index-block.ts";
import type { Candidate } from "../virtualchain/machine.ts";
import { isUndamaged, type StoredEvidence, type TransactionEvidence } from "./store/evidence.ts";
import type { NodeStore } from "./store/store.ts";

/** How far the stored transactions lead. */
export type Derivation =
  | { readonly kind: "whole" }
  /** From this height on blocks must be indexed again: what they are derived from is damaged. */
  | { readonly kind: "broken"; readonly height: number; readonly because: string };

/** Blocks in one transaction. */
const BATCH_BLOCKS = 256;

/**
 * Derives every block of `from` again, into the empty store `into`. `told` hears of heights; it may throw to stop.
 * `allocation`: the one that `from` began with.
 * @throws BskError `machine` where `into` cannot be written.
 */
export async function rederive(
  from: NodeStore,
  into: NodeStore,
  told: (height: number) => void = () => undefined,
  allocation: Allocation | null = null,
): Promise<Derivation> {
  const { firstBlock } = into.network;
  const taken = new Set<Txid>();
  const machine = judgedAlike(bnsMachine(into.network, [], allocation), taken);
  const blocks = from.evidence();
  /** Null: done; a text: why the next block cannot be derived. */
  const step = (): string | null | undefined => {
    const height = (into.tip()?.height ?? firstBlock - 1) + 1;
    const next = nextOf(blocks);
    if (typeof next !== "object" || next === null) return next;
    const block = blockAgain(next, machine);
    if (typeof block === "string") return block;
    if (block.height !== height) return `block ${height} is missing`;
    if (block.previousHash !== (into.tip()?.hash ?? block.previousHash))
      return "it does not follow the block before it";
    for (const { txid, accepted } of next.evidence.transactions) if (accepted) taken.add(txid);
    appendBlock(machine, into, block, firstBlock);
    taken.clear();
    return undefined;
  };
  for (;;) {
    const end = into.together(() => {
      for (let i = 0; i < BATCH_BLOCKS; i++) {
        const ended = step();
        if (ended !== undefined) return ended;
      }
      return undefined;
    });
    const height = into.tip()?.height ?? firstBlock - 1;
    told(height);
    if (end === null) return { kind: "whole" };
    if (end !== undefined) {
      blocks.return();
      return { kind: "broken", height: height + 1, because: end };
    }
    await setImmediate();
  }
}

/** The next block's evidence, null behind the last; a text where the file cannot be read. */
function nextOf(blocks: Iterator<StoredEvidence>): StoredEvidence | string | null {
  try {
    const step = blocks.next();
    return step.done === true ? null : step.value;
  } catch (error) {
    if (isStorageFailure(error)) return "it cannot be read";
    throw error;
  }
}

/** The block as its source gave it, as far as rules look at it; a text where its evidence is damaged. */
function blockAgain(stored: StoredEvidence, machine: BnsMachine): CandidateBlock | string {
  if (!isUndamaged(stored)) return "it does not match its checksum";
  const { height, hash, previousHash, time, transactions, hashedOnly } = stored.evidence;
  const all = transactions.map((transaction) => candidateAgain(transaction, machine));
  const lost = all.indexOf(null);
  if (lost >= 0) return `transaction ${transactions[lost]?.vtxindex} of it is none that carries an operation`;
  const candidates = all.filter((candidate) => candidate !== null);
  return { height, hash, previousHash, time, candidates, ...(hashedOnly ? { hashedOnly } : {}) };
}

/** A transaction that was judged before, to be judged again; null where it carries no operation. */
export function candidateAgain(
  { txid, vtxindex, rawTransaction, senderScript }: Omit<TransactionEvidence, "accepted" | "hashed">,
  { magic, opcodes }: BnsMachine,
): Candidate | null {
  try {
    const transaction = parseTransaction(rawTransaction);
    const data = decidingNulldata(transaction.outputs.map(({ script }) => script));
    const split = data === null ? null : splitNulldata(data, magic, opcodes);
    if (split === null) return null;
    return { txid, vtxindex, transaction, spentScripts: [senderScript], inputsPassed: true, ...split };
  } catch (error) {
    if (error instanceof ParseError) return null;
    throw error;
  }
}

/** Whose announcements a node takes is its own setting, which may have changed: there its verdict of then stands. */
function judgedAlike(machine: BnsMachine, taken: ReadonlySet<Txid>): BnsMachine {
  return {
    ...machine,
    check: (op, at, state) =>
      op.kind === "ANNOUNCE" && taken.has(op.txid)
        ? accept({ kind: "ANNOUNCE", announcement: op })
        : machine.check(op, at, state),
  };
}
