/** What an Esplora server shows of its mempool, and its raw blocks. */
import * as v from "valibot";
import { addressOf, type ScriptHex } from "../bitcoin/address.ts";
import type { BitcoinParameters } from "../bitcoin/parameters.ts";
import type { Txid } from "../primitives/hash.ts";
import type { BlockHeight } from "../primitives/units.ts";
import { blockHashField, bytesField, txidField } from "./answer.ts";
import type { Asker } from "./esplora-http.ts";
import { checkBlockHash } from "./block-hash.ts";
import { outputsOf } from "./raw-transaction.ts";
import type { MempoolSample } from "./source.ts";

/** Each transaction is a request, and public servers limit how often one client asks. */
const MOST_FETCHED = 200;
const PARALLEL = 4;

const txidsSchema = v.array(txidField);
const transactionsSchema = v.array(v.object({ txid: txidField }));

/**
 * All of a small mempool; of a large one what the server lists as newest, and what pays the given scripts (it shows up
 * to fifty of each).
 */
export async function esploraMempool(
  ask: Asker,
  paying: readonly ScriptHex[],
  most: number,
  on: BitcoinParameters,
): Promise<MempoolSample | null> {
  const all = await ask.json("/mempool/txids", txidsSchema);
  if (all === null) return null;
  const limit = Math.min(most, MOST_FETCHED);
  const wanted = all.length <= limit ? all : (await someOf(ask, paying, on)).slice(0, limit);
  const transactions: Uint8Array[] = [];
  for (let start = 0; start < wanted.length; start += PARALLEL) {
    const portion = await Promise.all(wanted.slice(start, start + PARALLEL).map((txid) => rawOf(ask, txid)));
    transactions.push(...portion.filter((raw) => raw !== null));
  }
  return { transactions, total: all.length };
}

async function someOf(ask: Asker, paying: readonly ScriptHex[], on: BitcoinParameters): Promise<readonly Txid[]> {
  const paths = paying
    .map((script) => addressOf(script, on))
    .flatMap((to) => (to === null ? [] : [`/address/${to}/txs/mempool`]));
  const lists = await Promise.all(["/mempool/recent", ...paths].map((path) => ask.json(path, transactionsSchema)));
  return [...new Set(lists.flatMap((list) => list ?? []).map(({ txid }) => txid))];
}

/** Null for one that is there no more. */
async function rawOf(ask: Asker, txid: Txid): Promise<Uint8Array | null> {
  const raw = await ask.parsed(`/tx/${txid}/hex`, bytesField);
  if (raw !== null) outputsOf(raw, txid);
  return raw;
}

/** The block at a height of the server's best chain, null above its tip. */
export async function esploraBlock(ask: Asker, at: BlockHeight): Promise<Uint8Array | null> {
  const hash = await ask.parsed(`/block-height/${at}`, blockHashField);
  if (hash === null) return null;
  const bytes = await ask.bytes(`/block/${hash}/raw`);
  return bytes === null ? null : checkBlockHash("Esplora", hash, bytes);
}
