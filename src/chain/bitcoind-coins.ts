/** Coins, fees and broadcast through a Bitcoin node over JSON-RPC. No wallet of the node is used. */
import { setTimeout as sleep } from "node:timers/promises";
import * as v from "valibot";
import type { ScriptHex } from "../bitcoin/address.ts";
import type { BitcoinParameters } from "../bitcoin/parameters.ts";
import { BskError } from "../errors.ts";
import { toHex } from "../primitives/bytes.ts";
import type { BlockHash, Txid } from "../primitives/hash.ts";
import { blockHeight, type BlockHeight } from "../primitives/units.ts";
import { blockHashField, btcField, heightField, indexField, scriptField, txidField } from "./answer.ts";
import { bitcoindBlockAt, bitcoindTip } from "./bitcoind-blocks.ts";
import { bitcoindMempool } from "./bitcoind-mempool.ts";
import { bitcoindRpc, chainCheck, RPC_CODES, type BitcoindOptions, type BitcoindRpc } from "./bitcoind-rpc.ts";
import { hexBytes, outputsOf, txidOfRaw } from "./raw-transaction.ts";
import type { Coin, CoinSource, MempoolVerdict, Outpoint, OutpointFate, TransactionStatus } from "./source.ts";

const SCAN_TIMEOUT_MS = 15 * 60_000; // the whole set of unspent outputs on mainnet, from a slow disk
const SCAN_BUSY_RETRIES = 20;
const SCAN_BUSY_WAIT_MS = 500;
/** Outputs of a transaction that are looked at to find it without an index. */
const OUTPUTS_PROBED = 10;

const scanSchema = v.object({
  success: v.boolean(),
  unspents: v.array(
    v.object({ txid: txidField, vout: indexField, scriptPubKey: scriptField, amount: btcField, height: heightField }),
  ),
});
const txoutSchema = v.nullable(
  v.object({
    bestblock: blockHashField,
    confirmations: v.number(),
    value: btcField,
    scriptPubKey: v.object({ hex: scriptField }),
  }),
);
type Txout = NonNullable<v.InferOutput<typeof txoutSchema>>;

/**
 * What a node without an address index can know:
 *
 * - `coins`: confirmed outputs that no transaction in the mempool spends (`scantxoutset`, then `gettxout`). Unconfirmed
 *   outputs are not found by script: whoever made them asks for each with `unspent`.
 * - `transactionStatus` and `rawTransaction`: everything with `-txindex=1`. Without, the mempool and confirmed
 *   transactions of whose first ten outputs one is unspent; others read as unknown.
 */
export function bitcoindCoins(options: BitcoindOptions, bitcoin: BitcoinParameters): CoinSource {
  const rpc = bitcoindRpc(options);
  const onOurChain = chainCheck(rpc, bitcoin);

  return {
    description: rpc.description,
    async tip() {
      await onOurChain();
      return bitcoindTip(rpc);
    },
    async coins(scripts) {
      await onOurChain();
      return scripts.length === 0 ? [] : unspentByPending(rpc, await scan(rpc, scripts));
    },
    async unspent(outpoint) {
      await onOurChain();
      const found = await rpc.call("gettxout", [outpoint.txid, outpoint.index, true], txoutSchema);
      if (found === null) return null;
      const at = found.confirmations === 0 ? null : await heightOf(rpc, found);
      return { ...outpoint, value: found.value, script: found.scriptPubKey.hex, height: at };
    },
    async outpointFate(outpoint) {
      await onOurChain();
      return outpointFate(rpc, outpoint);
    },
    async transactionStatus(wanted) {
      await onOurChain();
      return statusOf(rpc, wanted);
    },
    async rawTransaction(wanted) {
      await onOurChain();
      const direct = await rpc.ask("getrawtransaction", [wanted, 0], v.string());
      if (direct.ok) return checkedTransaction(direct.value, wanted);
      const status = await statusByOutputs(rpc, wanted);
      if (status.kind !== "confirmed") return null;
      const inBlock = await rpc.ask("getrawtransaction", [wanted, 0, status.blockHash], v.string());
      return inBlock.ok ? checkedTransaction(inBlock.value, wanted) : null;
    },
    async feeRate(targetBlocks) {
      await onOurChain();
      const reply = await rpc.ask("estimatesmartfee", [targetBlocks], v.object({ feerate: v.optional(v.number()) }));
      if (!reply.ok || reply.value.feerate === undefined || reply.value.feerate <= 0) return null;
      return (reply.value.feerate * 1e8) / 1000; // BTC per 1000 vbytes
    },
    async mempool(_paying, most) {
      await onOurChain();
      return bitcoindMempool(rpc, most);
    },
    async rawBlockAt(at) {
      await onOurChain();
      return bitcoindBlockAt(rpc, at);
    },
    async testAccept(rawTransactions) {
      await onOurChain();
      return testAccept(rpc, rawTransactions);
    },
    async broadcast(rawTransaction) {
      await onOurChain();
      return broadcast(rpc, rawTransaction);
    },
  };
}

async function scan(rpc: BitcoindRpc, scripts: readonly ScriptHex[]): Promise<Coin[]> {
  const descriptors = [...new Set(scripts)].map((each) => `raw(${each})`);
  for (let attempt = 0; ; attempt++) {
    const reply = await rpc.ask("scantxoutset", ["start", descriptors], scanSchema, { timeoutMs: SCAN_TIMEOUT_MS });
    if (reply.ok && reply.value.success) {
      return reply.value.unspents.map(({ txid, vout, scriptPubKey, amount: value, height: at }) => ({
        txid,
        index: vout,
        value,
        script: scriptPubKey,
        height: at,
      }));
    }
    // one scan at a time: somebody else's is running
    const busy = !reply.ok && reply.code === RPC_CODES.invalidParameter && attempt < SCAN_BUSY_RETRIES;
    if (!busy) {
      const because = reply.ok ? "it was aborted" : reply.message;
      throw new BskError("machine", `${rpc.description} did not scan for coins: ${because}`, { rule: "scan-failed" });
    }
    await sleep(SCAN_BUSY_WAIT_MS);
  }
}

/** The coins that no transaction in the mempool spends. */
async function unspentByPending(rpc: BitcoindRpc, coins: readonly Coin[]): Promise<Coin[]> {
  const replies = await rpc.askAll(
    coins.map(({ txid, index }) => ({ method: "gettxout", params: [txid, index, true] })),
    txoutSchema,
  );
  return coins.filter((_, i) => {
    const reply = replies[i];
    return reply?.ok === true && reply.value !== null;
  });
}

async function heightOf(rpc: BitcoindRpc, { bestblock, confirmations }: Txout): Promise<BlockHeight> {
  const header = await rpc.call("getblockheader", [bestblock], v.object({ height: v.number() }));
  return blockHeight(header.height - confirmations + 1);
}

/** What no transaction of the mempool spends is unspent; what only the chain still has is spent in the mempool. */
async function outpointFate(rpc: BitcoindRpc, { txid, index }: Outpoint): Promise<OutpointFate> {
  const look = (mempool: boolean) => rpc.call("gettxout", [txid, index, mempool], txoutSchema);
  if ((await look(true)) !== null) return "unspent";
  if ((await look(false)) !== null) return "spent-in-mempool";
  const maker = await rpc.ask("getrawtransaction", [txid, 0], v.string());
  if (maker.ok && outputsOf(hexBytes(maker.value), txid)[index] === undefined) return "unknown";
  switch ((await statusOf(rpc, txid)).kind) {
    case "confirmed":
      return "spent-in-block";
    case "mempool":
      return "spent-in-mempool";
    case "unknown":
      return "unknown";
  }
}

async function statusOf(rpc: BitcoindRpc, wanted: Txid): Promise<TransactionStatus> {
  return (await statusByIndex(rpc, wanted)) ?? statusByOutputs(rpc, wanted);
}

async function statusByIndex(rpc: BitcoindRpc, wanted: Txid): Promise<TransactionStatus | null> {
  const schema = v.object({ blockhash: v.optional(v.nullable(blockHashField)), confirmations: v.optional(v.number()) });
  const reply = await rpc.ask("getrawtransaction", [wanted, 1], schema);
  if (!reply.ok) return null;
  const { blockhash, confirmations } = reply.value;
  if (blockhash === undefined || blockhash === null) return { kind: "mempool" };
  if (confirmations === undefined || confirmations < 1) return { kind: "unknown" }; // only in a block that was left
  return confirmed(rpc, blockhash);
}

async function confirmed(rpc: BitcoindRpc, inBlock: BlockHash): Promise<TransactionStatus> {
  const header = await rpc.call(
    "getblockheader",
    [inBlock],
    v.object({ height: heightField, confirmations: v.number() }),
  );
  if (header.confirmations < 1) return { kind: "unknown" };
  return { kind: "confirmed", height: header.height, blockHash: inBlock };
}

async function statusByOutputs(rpc: BitcoindRpc, wanted: Txid): Promise<TransactionStatus> {
  const outpoints: Outpoint[] = Array.from({ length: OUTPUTS_PROBED }, (_, index) => ({ txid: wanted, index }));
  const replies = await rpc.askAll(
    outpoints.map(({ txid, index }) => ({ method: "gettxout", params: [txid, index, true] })),
    txoutSchema,
  );
  for (const reply of replies) {
    if (!reply.ok || reply.value === null) continue;
    if (reply.value.confirmations === 0) return { kind: "mempool" };
    const at = await heightOf(rpc, reply.value);
    return { kind: "confirmed", height: at, blockHash: await rpc.call("getblockhash", [at], blockHashField) };
  }
  return { kind: "unknown" };
}

/** @throws BskError `refuted` unless the text is the wanted transaction. */
function checkedTransaction(text: string, wanted: Txid): Uint8Array {
  const raw = hexBytes(text);
  outputsOf(raw, wanted);
  return raw;
}

const verdictsSchema = v.array(
  v.object({
    allowed: v.optional(v.boolean()),
    "reject-reason": v.optional(v.string()),
    "package-error": v.optional(v.string()),
  }),
);

async function testAccept(rpc: BitcoindRpc, raw: readonly Uint8Array[]): Promise<MempoolVerdict[] | null> {
  const reply = await rpc.ask("testmempoolaccept", [raw.map(toHex)], verdictsSchema);
  if (!reply.ok) {
    if (reply.code === RPC_CODES.methodNotFound) return null;
    throw new BskError("machine", `${rpc.description} refused "testmempoolaccept": ${reply.message}`, {
      rule: "node-refused",
    });
  }
  return reply.value.map((each) =>
    each.allowed === true
      ? { kind: "allowed" }
      : { kind: "refused", reason: each["reject-reason"] ?? each["package-error"] ?? "another one of them is refused" },
  );
}

async function broadcast(rpc: BitcoindRpc, raw: Uint8Array): Promise<Txid> {
  const id = txidOfRaw(raw);
  const reply = await rpc.ask("sendrawtransaction", [toHex(raw)], v.string());
  if (reply.ok || reply.code === RPC_CODES.alreadyInChain || /already.(in|known)/u.test(reply.message)) return id;
  // spent by itself: a confirmed transaction whose outputs are all spent again is refused for its missing inputs
  const status = await statusByIndex(rpc, id);
  if (status !== null && status.kind !== "unknown") return id;
  throw new BskError("rejected", `the Bitcoin node refused the transaction: "${reply.message}"`, {
    rule: "broadcast-refused",
  });
}
