/** Blocks from a Bitcoin node over JSON-RPC. */
import * as v from "valibot";
import type { BitcoinParameters } from "../bitcoin/parameters.ts";
import type { TransactionOutput } from "../bitcoin/transaction.ts";
import { BskError } from "../errors.ts";
import { sha256d } from "../primitives/digest.ts";
import { blockHashOf, type BlockHash } from "../primitives/hash.ts";
import type { BlockHeight } from "../primitives/units.ts";
import { blockHashField, bytesField, heightField } from "./answer.ts";
import { bitcoindRpc, chainCheck, RPC_CODES, type BitcoindOptions, type BitcoindRpc } from "./bitcoind-rpc.ts";
import { outputsOf } from "./raw-transaction.ts";
import type { BlockSource, ChainTip, Outpoint } from "./source.ts";

/** Where the scripts of spent outputs come from: the block's undo data, or the earlier transactions themselves. */
export type SpentScriptsMethod = "getblock" | "getrawtransaction";

export interface BitcoindBlocks extends BlockSource {
  /** Null before the first question. */
  readonly spentScriptsMethod: SpentScriptsMethod | null;
}

/** A block's transactions at verbosity 3; nodes before Bitcoin Core 23 leave `prevout` out. */
const spendsSchema = v.object({
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

/** Node's tip; height and hash belong together. */
export async function bitcoindTip(rpc: BitcoindRpc): Promise<ChainTip> {
  const info = await rpc.call(
    "getblockchaininfo",
    [],
    v.object({ blocks: heightField, bestblockhash: blockHashField }),
  );
  return { height: info.blocks, hash: info.bestblockhash };
}

/**
 * The node's best chain, after a check that it is the wanted one. Spent scripts come from `getblock` with verbosity 3
 * (Bitcoin Core 23 or later), else from `getrawtransaction`, which needs `-txindex=1` and is checked against the txids.
 */
export function bitcoindBlocks(options: BitcoindOptions, bitcoin: BitcoinParameters): BitcoindBlocks {
  const rpc = bitcoindRpc(options);
  const onOurChain = chainCheck(rpc, bitcoin);
  let method: SpentScriptsMethod | null = null;

  return {
    description: rpc.description,
    get spentScriptsMethod() {
      return method;
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
      const bytes = await rpc.call("getblock", [wanted, 0], bytesField);
      if (bytes.length < 80 || blockHashOf(sha256d(bytes.subarray(0, 80))) !== wanted) {
        throw new BskError("refuted", `${rpc.description} gave another block than "${wanted}"`, {
          rule: "block-hash-mismatch",
        });
      }
      return bytes;
    },
    async spentScripts(inBlock, outpoints) {
      if (outpoints.length === 0) return [];
      await onOurChain();
      if (method !== "getrawtransaction") {
        const scripts = await scriptsFromUndoData(rpc, inBlock, outpoints);
        if (scripts !== null) {
          method = "getblock";
          return scripts;
        }
      }
      const scripts = await scriptsFromTransactions(rpc, outpoints);
      method = "getrawtransaction";
      return scripts;
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

const keyOf = ({ txid, index }: Outpoint) => `${txid}:${index}`;

/** Null where the node does not tell all of them. */
async function scriptsFromUndoData(
  rpc: BitcoindRpc,
  inBlock: BlockHash,
  outpoints: readonly Outpoint[],
): Promise<Uint8Array[] | null> {
  const block = await rpc.call("getblock", [inBlock, 3], spendsSchema);
  const scripts = new Map<string, Uint8Array>();
  for (const { vin } of block.tx) {
    for (const { txid, vout, prevout } of vin) {
      if (txid !== undefined && vout !== undefined && prevout !== undefined)
        scripts.set(`${txid}:${vout}`, prevout.scriptPubKey.hex);
    }
  }
  const found = outpoints.map((outpoint) => scripts.get(keyOf(outpoint)));
  return found.every((script) => script !== undefined) ? found : null;
}

async function scriptsFromTransactions(rpc: BitcoindRpc, outpoints: readonly Outpoint[]): Promise<Uint8Array[]> {
  const txids = [...new Set(outpoints.map(({ txid }) => txid))];
  const replies = await rpc.askAll(
    txids.map((txid) => ({ method: "getrawtransaction", params: [txid, 0] })),
    bytesField,
  );
  const outputs = new Map<string, readonly TransactionOutput[]>();
  for (const [i, reply] of replies.entries()) {
    const txid = txids[i];
    if (txid === undefined) continue;
    if (!reply.ok) {
      throw new BskError("machine", `${rpc.description} cannot tell the outputs of "${txid}": ${reply.message}`, {
        rule: "spent-scripts-unavailable",
        hint: "the node must be Bitcoin Core 23 or later and not pruned, or run with -txindex=1",
      });
    }
    outputs.set(txid, outputsOf(reply.value, txid));
  }
  return outpoints.map((outpoint) => {
    const script = outputs.get(outpoint.txid)?.[outpoint.index]?.script;
    if (script !== undefined) return script;
    throw new BskError("refuted", `transaction "${outpoint.txid}" has no output ${outpoint.index}`, {
      rule: "no-such-output",
    });
  });
}
