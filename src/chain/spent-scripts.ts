/** The scripts that operations spend, by whichever way a node offers. */
import { parseTransactionAt, type TransactionOutput } from "../bitcoin/transaction.ts";
import { walkTransactions } from "../bitcoin/block.ts";
import { ByteReader } from "../bitcoin/reader.ts";
import { BskError, ParseError } from "../errors.ts";
import { type BlockHash, type Txid, txidOf } from "../primitives/hash.ts";
import { outputsOf } from "./raw-transaction.ts";
import type { Outpoint } from "./source.ts";

/** One way to come by spent scripts. */
export interface SpentScriptsWay<Method extends string> {
  readonly method: Method;
  /** The scripts in the order asked; null where the node does not offer this way. */
  ask(inBlock: BlockHash, outpoints: readonly Outpoint[]): Promise<readonly Uint8Array[] | null>;
}

/** Tries the ways in their order, and remembers which one works. */
export class SpentScripts<Method extends string> {
  readonly #ways: readonly SpentScriptsWay<Method>[];
  readonly #unavailable: () => BskError;
  readonly #closed = new Set<Method>();
  /** The way that worked last. */
  method: Method | null = null;

  /** `unavailable` is thrown where no way works. */
  constructor(ways: readonly SpentScriptsWay<Method>[], unavailable: () => BskError) {
    this.#ways = ways;
    this.#unavailable = unavailable;
  }

  async of(inBlock: BlockHash, outpoints: readonly Outpoint[]): Promise<readonly Uint8Array[]> {
    if (outpoints.length === 0) return [];
    for (const way of this.#ways) {
      if (this.#closed.has(way.method)) continue;
      const scripts = await way.ask(inBlock, outpoints);
      if (scripts !== null) {
        this.method = way.method;
        return scripts;
      }
      // A way that has worked stays open: what it could not tell is this block's fault.
      if (this.method !== way.method) this.#closed.add(way.method);
    }
    this.#closed.clear(); // the node may be started otherwise until we ask again
    throw this.#unavailable();
  }
}

/**
 * From the earlier transactions themselves, which their ids prove; null where `transactions` lacks one.
 * @throws BskError `refuted` where one is another than asked for, or has no such output.
 */
export function scriptsFromTransactions(
  outpoints: readonly Outpoint[],
  transactions: ReadonlyMap<Txid, Uint8Array>,
): Uint8Array[] | null {
  const outputs = new Map<Txid, readonly TransactionOutput[]>();
  for (const { txid } of outpoints) {
    const raw = transactions.get(txid);
    if (raw === undefined) return null;
    if (!outputs.has(txid)) outputs.set(txid, outputsOf(raw, txid));
  }
  return outpoints.map(({ txid, index }) => {
    const script = outputs.get(txid)?.[index]?.script;
    if (script !== undefined) return script;
    throw new BskError("refuted", `transaction "${txid}" has no output ${index}`, { rule: "no-such-output" });
  });
}

/** Different transactions that the outpoints are of. */
export function transactionsOf(outpoints: readonly Outpoint[]): Txid[] {
  return [...new Set(outpoints.map(({ txid }) => txid))];
}

/** Picks the wanted scripts of a block's; null unless all are there. */
export function pickScripts(
  outpoints: readonly Outpoint[],
  scripts: ReadonlyMap<string, Uint8Array>,
): Uint8Array[] | null {
  const found = outpoints.map(({ txid, index }) => scripts.get(outpointKey(txid, index)));
  return found.every((script) => script !== undefined) ? found : null;
}

export function outpointKey(txid: string, index: number): string {
  return `${txid}:${index}`;
}

/**
 * Reads what `/rest/spenttxouts/HASH.bin` gives for a block: how many transactions; of each how many inputs, none for the
 * coinbase; of each input the output that it spends, as in a transaction. Source: Bitcoin Core rest.cpp, SerializeBlockUndo.
 * @throws ParseError unless it is about exactly that block's inputs
 */
export function scriptsOfSpentOutputs(block: Uint8Array, spentOutputs: Uint8Array): Map<string, Uint8Array> {
  const reader = new ByteReader(spentOutputs);
  const scripts = new Map<string, Uint8Array>();
  let transactions = 0;
  const told = reader.compactSize();
  walkTransactions(block, (index, start) => {
    const { inputs } = parseTransactionAt(block, start).transaction;
    transactions += 1;
    const spent = index === 0 ? [] : inputs;
    if (reader.compactSize() !== spent.length) throw new ParseError(`spent outputs of another transaction ${index}`);
    for (const { previousTxid, previousIndex } of spent) {
      reader.uint64();
      scripts.set(outpointKey(txidOf(previousTxid), previousIndex), reader.take(reader.compactSize()));
    }
    return true;
  });
  if (told !== transactions || reader.offset !== spentOutputs.length)
    throw new ParseError("spent outputs of another block");
  return scripts;
}
