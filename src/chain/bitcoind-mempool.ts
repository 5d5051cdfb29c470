/** The transactions that wait in a Bitcoin node. */
import * as v from "valibot";
import type { BitcoindRpc } from "./bitcoind-rpc.ts";
import { bytesField } from "./answer.ts";
import type { MempoolSample } from "./source.ts";

const entriesSchema = v.record(v.string(), v.object({ time: v.number() }));

/** The newest of them, at most so many; null where the node does not let us see them. */
export async function bitcoindMempool(rpc: BitcoindRpc, most: number): Promise<MempoolSample | null> {
  const listed = await rpc.ask("getrawmempool", [true], entriesSchema);
  if (!listed.ok) return null; // not in the node's whitelist of methods, or the node keeps no mempool
  const entries = Object.entries(listed.value).toSorted(([, a], [, b]) => b.time - a.time);
  const replies = await rpc.askAll(
    entries.slice(0, most).map(([txid]) => ({ method: "getrawtransaction", params: [txid, 0] })),
    bytesField,
  );
  // What is refused here was confirmed or replaced in between.
  return { transactions: replies.flatMap((reply) => (reply.ok ? [reply.value] : [])), total: entries.length };
}
