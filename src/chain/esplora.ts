/** Coins, fees and broadcast from an Esplora HTTP API (https://github.com/Blockstream/esplora/blob/master/API.md). */
import * as v from "valibot";
import { addressOf, type ScriptHex, scriptHex } from "../bitcoin/address.ts";
import type { BitcoinParameters } from "../bitcoin/parameters.ts";
import { BskError } from "../errors.ts";
import { fromHex, toHex } from "../primitives/bytes.ts";
import { sha256 } from "../primitives/digest.ts";
import type { Txid } from "../primitives/hash.ts";
import { satoshi } from "../primitives/units.ts";
import { blockHashField, bytesField, heightField, indexField, satoshiField, txidField } from "./answer.ts";
import { asker, badAnswer, chainCheck, refused } from "./esplora-http.ts";
import { esploraBlock, esploraMempool } from "./esplora-mempool.ts";
import { parseServerUrl, type HttpServer } from "./http.ts";
import { outputsOf, txidOfRaw } from "./raw-transaction.ts";
import type { Coin, CoinSource, TransactionStatus } from "./source.ts";

export interface EsploraOptions {
  /** With its path, without a slash at the end: https://blockstream.info/testnet/api. */
  readonly url: string;
  /** Proxy to go through, see `parseSocksProxy`. */
  readonly socks?: string | undefined;
  /** For one answer; default 30 s. */
  readonly timeoutMs?: number | undefined;
}

const PARALLEL = 4; // public servers limit how often one client asks

const statusSchema = v.object({
  confirmed: v.boolean(),
  block_height: v.optional(v.nullable(heightField)),
  block_hash: v.optional(v.nullable(blockHashField)),
});
const outspendSchema = v.object({ spent: v.boolean(), status: v.optional(v.nullable(statusSchema)) });
const utxosSchema = v.array(v.object({ txid: txidField, vout: indexField, value: satoshiField, status: statusSchema }));
/** Satoshis per virtual byte by confirmation target in blocks. */
const feesSchema = v.record(v.string(), v.number());

/**
 * Knows confirmed and unconfirmed coins of any script. The server can hide and invent coins: a wrong value only makes
 * a transaction that the network refuses or that pays another fee, so amounts are worth a look before signing.
 */
export function esploraCoins(options: EsploraOptions, bitcoin: BitcoinParameters): CoinSource {
  const { url } = parseServerUrl(options.url);
  const server: HttpServer = { description: `Esplora at ${url}`, url, socks: options.socks };
  const ask = asker(server, options.timeoutMs ?? 30_000);
  const onOurChain = chainCheck(server, ask, bitcoin);

  async function coinsOf(script: ScriptHex): Promise<Coin[]> {
    const address = addressOf(script, bitcoin);
    const path = address === null ? `/scripthash/${toHex(sha256(fromHex(script)))}` : `/address/${address}`;
    const utxos = await ask.json(`${path}/utxo`, utxosSchema);
    return (utxos ?? []).map(({ txid, vout, value, status }) => ({
      txid,
      index: vout,
      value,
      script,
      height: status.confirmed ? (status.block_height ?? null) : null,
    }));
  }

  async function transactionStatus(txid: Txid): Promise<TransactionStatus> {
    // not /tx/:txid/status: that calls a transaction that nobody knows unconfirmed
    const found = await ask.json(`/tx/${txid}`, v.object({ txid: v.literal<string>(txid), status: statusSchema }));
    if (found === null) return { kind: "unknown" };
    const { confirmed, block_height: height, block_hash: blockHash } = found.status;
    if (!confirmed) return { kind: "mempool" };
    if (isGiven(height) && isGiven(blockHash)) return { kind: "confirmed", height, blockHash };
    throw badAnswer(server, `"${txid}" is confirmed in no block`);
  }

  async function rawTransaction(txid: Txid): Promise<Uint8Array | null> {
    const raw = await ask.parsed(`/tx/${txid}/hex`, bytesField);
    if (raw !== null) outputsOf(raw, txid);
    return raw;
  }

  return {
    description: server.description,
    async tip() {
      await onOurChain();
      const hash = await ask.parsed("/blocks/tip/hash", blockHashField);
      const block = hash === null ? null : await ask.json(`/block/${hash}`, v.object({ height: heightField }));
      if (hash === null || block === null) throw badAnswer(server, "it knows no tip");
      return { height: block.height, hash };
    },
    async coins(scripts) {
      await onOurChain();
      const wanted = [...new Set(scripts)];
      const found: Coin[] = [];
      for (let start = 0; start < wanted.length; start += PARALLEL) {
        found.push(...(await Promise.all(wanted.slice(start, start + PARALLEL).map(coinsOf))).flat());
      }
      return found;
    },
    async unspent({ txid, index }) {
      await onOurChain();
      const raw = await rawTransaction(txid);
      const output = raw === null ? undefined : outputsOf(raw, txid)[index];
      if (output === undefined) return null;
      const outspend = await ask.json(`/tx/${txid}/outspend/${index}`, outspendSchema);
      if (outspend?.spent !== false) return null;
      const status = await transactionStatus(txid);
      if (status.kind === "unknown") return null;
      const height = status.kind === "confirmed" ? status.height : null;
      return { txid, index, value: satoshi(output.value), script: scriptHex(output.script), height };
    },
    async outpointFate({ txid, index }) {
      await onOurChain();
      const raw = await rawTransaction(txid);
      if (raw === null || outputsOf(raw, txid)[index] === undefined) return "unknown";
      const outspend = await ask.json(`/tx/${txid}/outspend/${index}`, outspendSchema);
      if (outspend === null) return "unknown";
      if (!outspend.spent) return "unspent";
      return outspend.status?.confirmed === true ? "spent-in-block" : "spent-in-mempool";
    },
    async transactionStatus(txid) {
      await onOurChain();
      return transactionStatus(txid);
    },
    async rawTransaction(txid) {
      await onOurChain();
      return rawTransaction(txid);
    },
    async feeRate(targetBlocks) {
      await onOurChain();
      return rateFor(targetBlocks, (await ask.json("/fee-estimates", feesSchema)) ?? {});
    },
    async mempool(paying, most) {
      await onOurChain();
      return esploraMempool(ask, paying, most, bitcoin);
    },
    async rawBlockAt(height) {
      await onOurChain();
      return esploraBlock(ask, height);
    },
    testAccept: () => Promise.resolve(null),
    async broadcast(raw) {
      await onOurChain();
      const txid = txidOfRaw(raw);
      const { status, body } = await ask.post("/tx", toHex(raw));
      if (status === 200 || alreadyThere(body)) return txid;
      if (status === 400) {
        throw new BskError("rejected", `the Bitcoin node refused the transaction: "${reasonOf(body)}"`, {
          rule: "broadcast-refused",
        });
      }
      throw refused(server, "/tx", status);
    },
  };
}

function isGiven<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}

/** The estimate for the longest target that is not longer than ours, else the shortest one; null without any. */
export function rateFor(targetBlocks: number, estimates: Readonly<Record<string, number>>): number | null {
  const targets = Object.keys(estimates)
    .map(Number)
    .filter((target) => Number.isInteger(target) && target > 0)
    .sort((a, b) => a - b);
  const target = targets.findLast((each) => each <= targetBlocks) ?? targets[0];
  const rate = target === undefined ? undefined : estimates[String(target)];
  return rate === undefined || !(rate > 0) ? null : rate;
}

/** The words of the Bitcoin node behind the server: `sendrawtransaction RPC error: {"code":-26,"message":"dust"}`. */
export function reasonOf(body: string): string {
  const message = /"message"\s*:\s*"((?:[^"\\]|\\.)*)"/u.exec(body)?.[1];
  return (message ?? body).slice(0, 300).trim();
}

function alreadyThere(body: string): boolean {
  return /"code"\s*:\s*-27\b/u.test(body) || /already.(in|known)/u.test(body);
}
