/** Blocks from a Bitcoin node over JSON-RPC. */
import * as v from "valibot";
import type { BitcoinParameters } from "../bitcoin/parameters.ts";
import { BskError } from "../errors.ts";
import type { BlockHash, Txid } from "../primitives/hash.ts";
import type { BlockHeight } from "../primitives/units.ts";
import { blockHashField, bytesField, heightField } from "./answer.ts";
import { bitcoindRpc, chainCheck, RPC_CODES, type BitcoindOptions, type BitcoindRpc } from "./bitcoind-rpc.ts";
import { checkBlockHash, MAX_BLOCK_BYTES } from "./block-hash.ts";
import { oneAtATime } from "./one-at-a-time.ts";
import type { ChainTip, HeaderedSource, Outpoint } from "./source.ts";
import { outpointKey, pickScripts, scriptsFromTransactions, SpentScripts, transactionsOf } from "./spent-scripts.ts";

/** Where the scripts of spent outputs come from: the earlier transactions themselves, or the block's undo data. */
type SpentScriptsMethod = "getrawtransaction" | "getblock";

export interface BitcoindBlocks extends HeaderedSource {
  /** Null before the first question. */
  readonly spentScriptsMethod: SpentScriptsMethod | null;
}

/** A block's transactions at verbosity 3; nodes before Bitcoin Core 23 leave `prevout` out. */
export const spendsSchema = v.object({
  tx: v.array(
    v.object({
      vin: v.array(
        v.object({
          txid: v.optional(v.string()),
          vout: v.optional(v.number()),
          prevout: v.optional(v.object({ scriptPubKey: v.object({ hex: bytesField }) })),
        }),
      ),
    }),
  ),
});

/** Hashes and headers that are asked for in one go: their answers are short. */
const HEADERS_PORTION = 500;

/** Node's tip; height and hash belong together. */
export async function bitcoindTip(rpc: BitcoindRpc): Promise<ChainTip> {
  const info = await rpc.call(
    "getblockchaininfo",
    [],
    v.object({ blocks: heightField, bestblockhash: blockHashField }),
  );
  return { height: info.blocks, hash: info.bestblockhash };
}

async function rawBlock(rpc: BitcoindRpc, wanted: BlockHash): Promise<Uint8Array> {
  // in hex, with the few words of a JSON-RPC answer around it
  const limits = { maxBytes: 2 * MAX_BLOCK_BYTES + 1024 };
  const bytes = await rpc.call("getblock", [wanted, 0], bytesField, limits);
  return checkBlockHash(rpc.description, wanted, bytes);
}

/** The block at a height of the node's best chain, null above its tip. @throws BskError `refuted` for another block. */
export async function bitcoindBlockAt(rpc: BitcoindRpc, at: BlockHeight): Promise<Uint8Array | null> {
  const hash = await hashAt(rpc, at);
  return hash === null ? null : rawBlock(rpc, hash);
}

/**
 * The node's best chain, after a check that it is the wanted one. Spent scripts come from `getrawtransaction`, which needs
 * `-txindex=1` and is proven by the txids; else from `getblock` with verbosity 3 (Bitcoin Core 23 or later), which is the
 * node's word, and a JSON text of ten times the block.
 */
export function bitcoindBlocks(options: BitcoindOptions, bitcoin: BitcoinParameters): BitcoindBlocks {
  const rpc = bitcoindRpc(options);
  const onOurChain = chainCheck(rpc, bitcoin);
  const oneBlock = oneAtATime(); // such texts are large
  const scripts = new SpentScripts<SpentScriptsMethod>(
    [
      { method: "getrawtransaction", ask: (_inBlock, outpoints) => fromTransactions(rpc, outpoints) },
      { method: "getblock", ask: (inBlock, outpoints) => oneBlock(() => fromUndoData(rpc, inBlock, outpoints)) },
    ],
    () =>
      new BskError("machine", `${rpc.description} cannot tell the outputs that a block spends`, {
        rule: "spent-scripts-unavailable",
        hint: "the node must run with -txindex=1, or be Bitcoin Core 23 or later and not pruned",
      }),
  );

  return {
    description: rpc.description,
    get spentScriptsMethod() {
      return scripts.method;
    },
    async tip() {
      await onOurChain();
      return bitcoindTip(rpc);
    },
    async blockHashAt(at) {
      await onOurChain();
      return hashAt(rpc, at);
    },
    async rawBlock(wanted) {
      await onOurChain();
      return rawBlock(rpc, wanted);
    },
    async headers(from, count) {
      await onOurChain();
      return headersFrom(rpc, from, count);
    },
    async spentScripts(inBlock, outpoints) {
      await onOurChain();
      return scripts.of(inBlock, outpoints);
    },
  };
}

async function hashAt(rpc: BitcoindRpc, at: BlockHeight): Promise<BlockHash | null> {
  const reply = await rpc.ask("getblockhash", [at], blockHashField);
  if (reply.ok) return reply.value;
  if (reply.code === RPC_CODES.invalidParameter) return null;
  throw new BskError("machine", `${rpc.description} cannot tell the block at ${at}: ${reply.message}`, {
    rule: "node-refused",
  });
}

async function headersFrom(rpc: BitcoindRpc, from: BlockHeight, count: number): Promise<Uint8Array[]> {
  const heights = Array.from({ length: count }, (_, i) => ({ method: "getblockhash", params: [from + i] }));
  const hashes = await rpc.askAll(heights, blockHashField, HEADERS_PORTION);
  const wanted = hashes.flatMap((reply) =>
    reply.ok ? [{ method: "getblockheader", params: [reply.value, false] }] : [],
  );
  const headers = await rpc.askAll(wanted, bytesField, HEADERS_PORTION);
  return headers.map((reply) => {
    if (reply.ok) return reply.value;
    throw new BskError("machine", `${rpc.description} refused "getblockheader": ${reply.message} (${reply.code})`, {
      rule: "node-refused",
    });
  });
}

/** Null where the node does not tell all of them. */
async function fromUndoData(
  rpc: BitcoindRpc,
  inBlock: BlockHash,
  outpoints: readonly Outpoint[],
): Promise<Uint8Array[] | null> {
  return pickScripts(outpoints, scriptsOfSpends(await rpc.call("getblock", [inBlock, 3], spendsSchema)));
}

/** Scripts that a block's inputs spend, as far as its JSON tells. */
export function scriptsOfSpends({ tx }: v.InferOutput<typeof spendsSchema>): Map<string, Uint8Array> {
  const scripts = new Map<string, Uint8Array>();
  for (const { vin } of tx) {
    for (const { txid, vout, prevout } of vin) {
      if (txid !== undefined && vout !== undefined && prevout !== undefined)
        scripts.set(outpointKey(txid, vout), prevout.scriptPubKey.hex);
    }
  }
  return scripts;
}

async function fromTransactions(rpc: BitcoindRpc, outpoints: readonly Outpoint[]): Promise<Uint8Array[] | null> {
  const txids = transactionsOf(outpoints);
  const replies = await rpc.askAll(
    txids.map((txid) => ({ method: "getrawtransaction", params: [txid, 0] })),
    bytesField,
  );
  const raw = new Map<Txid, Uint8Array>();
  for (const [i, reply] of replies.entries()) {
    const txid = txids[i];
    if (txid !== undefined && reply.ok) raw.set(txid, reply.value);
  }
  return scriptsFromTransactions(outpoints, raw);
}
