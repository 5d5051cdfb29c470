"use strict";
/** The RPC methods that bcoin lacks or answers otherwise than Bitcoin Core, with Core's arguments, codes and JSON. */
const { RPCError } = require("bweb");
const Block = require("bcoin/lib/primitives/block");
const TX = require("bcoin/lib/primitives/tx");
const { revHex } = require("bcoin/lib/utils/util");
const { admit, judge, Refusal, rpcError } = require("./admission.cjs");
const { addressOf, eachCoin, scriptOfDescriptor } = require("./coin-scan.cjs");
const { mineExactly } = require("./mine-exactly.cjs");
const { blockJson, btc, headerJson, scriptJson, transactionJson } = require("./core-json.cjs");

const CODES = { misc: -1, type: -3, notFound: -5, parameter: -8, decode: -22 };
const MAX_PACKAGE = 25;

/** The hash inside of bcoin (wire order) of a hash as RPC shows it. */
function hashOf(text, what) {
  if (typeof text !== "string" || !/^[0-9a-fA-F]{64}$/.test(text))
    throw new RPCError(CODES.parameter, `${what} must be of length 64 (not ${String(text).length}, for '${text}')`);
  return revHex(text.toLowerCase());
}

function bytesOf(hex) {
  if (typeof hex !== "string" || !/^([0-9a-fA-F]{2})*$/.test(hex)) throw new Error("not hex");
  return Buffer.from(hex, "hex");
}

function decode(hex) {
  try {
    return TX.fromRaw(bytesOf(hex));
  } catch {
    throw new RPCError(CODES.decode, "TX decode failed. Make sure the tx has at least one input.");
  }
}

function verbosityOf(value, whenAbsent) {
  if (value === undefined || value === null) return whenAbsent;
  return typeof value === "boolean" ? Number(value) : value;
}

function coreCalls(node) {
  const { chain, mempool, network } = node;
  const original = { ...node.rpc.calls };
  const setAside = new Map(); // blocks taken out by invalidateblock, by its argument, to be reconsidered

  const entryOf = async (hash) => {
    const entry = await chain.getEntry(hashOf(hash, "blockhash"));
    if (!entry) throw new RPCError(CODES.notFound, "Block not found");
    return entry;
  };
  const blockOf = async (entry) => {
    const block = await chain.getBlock(entry.hash);
    if (!block) throw new RPCError(CODES.misc, "Block not available");
    return block;
  };

  return {
    async getblockchaininfo() {
      const {
        chain: name,
        blocks,
        headers,
        bestblockhash,
        mediantime,
        chainwork,
      } = await original.getblockchaininfo.call(node.rpc, []);
      const info = { chain: name, blocks, headers, bestblockhash, time: chain.tip.time, mediantime, chainwork };
      return { ...info, verificationprogress: 1, initialblockdownload: false, pruned: false, warnings: "" };
    },

    async getblockheader([hash, verbose]) {
      const entry = await entryOf(hash);
      if (verbose === false) return entry.toRaw().toString("hex", 0, 80);
      return headerJson(entry, (await blockOf(entry)).txs.length, chain);
    },

    async getblock([hash, verbosity]) {
      const entry = await entryOf(hash);
      const block = await blockOf(entry);
      const wanted = verbosityOf(verbosity, 1);
      return wanted === 0 ? block.toRaw().toString("hex") : blockJson(entry, block, wanted, chain, network);
    },

    async getrawtransaction([txid, verbosity, blockhash]) {
      const hash = hashOf(txid, "parameter 1");
      const meta = blockhash ? await inBlock(hash, await entryOf(blockhash)) : await node.getMeta(hash);
      if (!meta) {
        const where = blockhash ? "in the provided block" : "or blockchain transaction";
        throw new RPCError(CODES.notFound, `No such mempool ${where}. Use gettransaction for wallet transactions.`);
      }
      const wanted = verbosityOf(verbosity, 0);
      if (wanted === 0) return meta.tx.toRaw().toString("hex");
      const entry = meta.block ? await chain.getEntry(meta.block) : null;
      const view = wanted > 1 ? await node.getMetaView(meta) : undefined;
      const json = transactionJson(meta.tx, network, { view, prevouts: true });
      if (!entry) return json;
      const confirmations = chain.height - entry.height + 1;
      return { ...json, blockhash: entry.rhash(), confirmations, time: entry.time, blocktime: entry.time };
    },

    async gettxout([txid, index, includeMempool = true]) {
      const hash = hashOf(txid, "txid");
      if (includeMempool && mempool.isSpent(hash, index)) return null;
      const coin = (includeMempool ? mempool.getCoin(hash, index) : null) ?? (await chain.getCoin(hash, index));
      if (!coin) return null;
      return {
        bestblock: chain.tip.rhash(),
        confirmations: coin.height === -1 ? 0 : chain.height - coin.height + 1,
        value: btc(coin.value),
        scriptPubKey: scriptJson(coin.script, network),
        coinbase: coin.coinbase,
      };
    },

    async scantxoutset([action, descriptors]) {
      if (action === "status") return null;
      if (action === "abort") return false;
      if (action !== "start") throw new RPCError(CODES.parameter, `Invalid action '${action}'`);
      if (!Array.isArray(descriptors))
        throw new RPCError(CODES.misc, "scanobjects argument is required for the start action");
      const wanted = new Map(descriptors.map((each) => scriptOfDescriptor(each, network)));
      const unspents = [];
      let txouts = 0;
      let total = 0;
      const { hash: bestblock, height } = chain.tip;
      await eachCoin(chain, (outpoint, coin) => {
        txouts++;
        const descriptor = wanted.get(coin.output.script.toJSON());
        if (descriptor === undefined) return;
        total += coin.output.value;
        unspents.push({
          txid: outpoint.txid(),
          vout: outpoint.index,
          scriptPubKey: coin.output.script.toJSON(),
          desc: descriptor,
          amount: btc(coin.output.value),
          coinbase: coin.coinbase,
          height: coin.height,
          confirmations: height - coin.height + 1,
        });
      });
      return { success: true, txouts, height, bestblock: revHex(bestblock), unspents, total_amount: btc(total) };
    },

    async testmempoolaccept([rawTransactions]) {
      if (!Array.isArray(rawTransactions) || rawTransactions.length < 1 || rawTransactions.length > MAX_PACKAGE)
        throw new RPCError(CODES.parameter, `Array must contain between 1 and ${MAX_PACKAGE} transactions.`);
      const parents = new Map();
      const answers = [];
      for (const tx of rawTransactions.map(decode)) {
        const ids = { txid: tx.txid(), wtxid: tx.wtxid() };
        try {
          const { entry } = await judge(node, tx, parents);
          parents.set(tx.hash("hex"), tx);
          answers.push({ ...ids, allowed: true, vsize: tx.getVirtualSize(), fees: { base: btc(entry.fee) } });
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
          const reason = error.code === -25 ? "missing-inputs" : error.reason;
          answers.push({ ...ids, allowed: false, "reject-reason": reason });
        }
      }
      return answers;
    },

    async sendrawtransaction([hex]) {
      const tx = decode(hex);
      if (mempool.hasEntry(tx.hash("hex"))) return tx.txid();
      if (await chain.hasCoins(tx)) throw new RPCError(-27, "Transaction outputs already in utxo set");
      try {
        await admit(node, tx);
      } catch (error) {
        throw error instanceof Refusal ? rpcError(error) : error;
      }
      return tx.txid();
    },

    // a private chain has no fee market: Core answers so too until it has seen enough blocks
    async estimatesmartfee([blocks]) {
      return { errors: ["Insufficient data or no feerate found"], blocks };
    },

    async generateblock([to, transactions]) {
      if (!Array.isArray(transactions)) throw new RPCError(CODES.type, "transactions must be an array");
      const address = addressOf(to, network);
      const txs = transactions.map((each) => inMempool(each) ?? decode(each));
      return { hash: await mineExactly(node, address, txs) };
    },

    /** As in Core, the transactions of the blocks that go return to the mempool where they still can. */
    async invalidateblock([hash]) {
      const from = await entryOf(hash);
      if (!(await chain.isMainChain(from))) throw new RPCError(CODES.misc, "Block is not on the best chain");
      const blocks = [];
      for (let height = from.height; height <= chain.height; height++) blocks.push(await chain.getBlock(height));
      const pending = [...mempool.map.values()].map(({ tx }) => tx);
      await chain.invalidate(from.hash);
      setAside.set(from.hash, blocks);
      for (const tx of [...blocks.flatMap(({ txs }) => txs.slice(1)), ...pending]) {
        await admit(node, TX.fromRaw(tx.toRaw())).catch((error) => {
          if (!(error instanceof Refusal)) throw error;
        });
      }
      return null;
    },

    async reconsiderblock([hash]) {
      const from = hashOf(hash, "blockhash");
      chain.removeInvalid(from);
      for (const block of setAside.get(from) ?? []) {
        if (!(await chain.getEntry(block.hash("hex")))) await chain.add(Block.fromRaw(block.toRaw()));
      }
      setAside.delete(from);
      return null;
    },
  };

  function inMempool(text) {
    return /^[0-9a-f]{64}$/.test(text) ? mempool.getTX(revHex(text)) : null;
  }

  async function inBlock(hash, entry) {
    const tx = (await blockOf(entry)).txs.find((each) => each.hash("hex") === hash);
    return tx ? { tx, block: entry.hash, height: entry.height } : null;
  }
}

module.exports = { coreCalls };
