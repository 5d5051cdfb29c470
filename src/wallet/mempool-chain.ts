/**
 * Chains of transactions that wait for a block. Mempools limit them (Bitcoin Core: limitancestorcount and -size,
 * limitdescendantcount and -size): one more on a full chain is refused until a block comes. We know the chains that we
 * made; of a transaction that somebody else sent us, only that it is there.
 */
import type { Txid } from "../primitives/hash.ts";
import { type Coin, type OutpointText, outpointText } from "./coins.ts";

/** The transaction itself included. */
const MOST_TRANSACTIONS = 25;
const MOST_VBYTES = 101_000;
/** Virtual bytes that the next transaction may have: as many as an operation with sixty inputs. */
const NEXT_VBYTES = 10_000;

/** A transaction of ours that no block holds. */
export interface WaitingTransaction {
  readonly txid: Txid;
  /** Virtual bytes. */
  readonly size: number;
  /** Transactions whose outputs it spends; those that a block holds are of no matter. */
  readonly parents: readonly Txid[];
}

/** The pending coins among these that cannot be spent until a block comes. */
export function crowdedCoins(
  coins: readonly Coin[],
  waiting: readonly WaitingTransaction[],
): ReadonlySet<OutpointText> {
  const known = new Map(waiting.map((each) => [each.txid, each]));
  const children = new Map<Txid, Txid[]>();
  for (const { txid, parents } of waiting) {
    for (const parent of parents) children.set(parent, [...(children.get(parent) ?? []), txid]);
  }
  const ancestorsOf = (txid: Txid) => closure(txid, (each) => known.get(each)?.parents ?? [], known);
  const descendantsOf = (txid: Txid) => closure(txid, (each) => children.get(each) ?? [], known);
  const isFull = (txid: Txid): boolean =>
    !hasRoom(ancestorsOf(txid)) || ancestorsOf(txid).some((ancestor) => !hasRoom(descendantsOf(ancestor.txid)));
  const pending = coins.filter(({ height, txid }) => height === null && known.has(txid));
  return new Set(pending.filter(({ txid }) => isFull(txid)).map(outpointText));
}

/** Is there room for one more in a chain of these? */
function hasRoom(chain: readonly WaitingTransaction[]): boolean {
  const size = chain.reduce((sum, each) => sum + each.size, 0);
  return chain.length + 1 <= MOST_TRANSACTIONS && size + NEXT_VBYTES <= MOST_VBYTES;
}

/** A transaction and everything that is reached from it, each once. */
function closure(
  from: Txid,
  next: (txid: Txid) => readonly Txid[],
  known: ReadonlyMap<Txid, WaitingTransaction>,
): readonly WaitingTransaction[] {
  const reached = new Set<Txid>([from]);
  for (const txid of reached) for (const other of next(txid)) reached.add(other);
  return [...reached].flatMap((txid) => known.get(txid) ?? []);
}
