"use strict";
/** Blocks and transactions as the JSON of Bitcoin Core (rpc/blockchain.cpp, core_write.cpp), in Core's units: BTC. */
const Amount = require("bcoin/lib/btc/amount");
const Script = require("bcoin/lib/script/script");
const { revHex } = require("bcoin/lib/utils/util");

const btc = (value) => Amount.btc(value, true);

// bcoin's names of script types that Core calls otherwise
const TYPES = { witnesspubkeyhash: "witness_v0_keyhash", witnessscripthash: "witness_v0_scripthash" };

function scriptJson(script, network) {
  const type = Script.typesByVal[script.getType()].toLowerCase();
  const json = { asm: script.toASM(), hex: script.toJSON(), type: TYPES[type] ?? type };
  const address = type === "pubkey" || type === "multisig" ? null : script.getAddress();
  if (address) json.address = address.toString(network);
  return json;
}

/** `view` gives the spent outputs: with it, `prevouts` adds them to the inputs and the fee is told. */
function transactionJson(tx, network, { view, prevouts = false, hex = true } = {}) {
  const vin = tx.inputs.map((input) => {
    const sequence = input.sequence;
    const witness =
      input.witness.items.length > 0 ? { txinwitness: input.witness.items.map((i) => i.toString("hex")) } : {};
    if (tx.isCoinbase()) return { coinbase: input.script.toJSON(), ...witness, sequence };
    const json = {
      txid: input.prevout.txid(),
      vout: input.prevout.index,
      scriptSig: { asm: input.script.toASM(), hex: input.script.toJSON() },
      ...witness,
    };
    const spent = prevouts && view ? view.getEntry(input.prevout) : null;
    if (spent) {
      json.prevout = {
        generated: spent.coinbase,
        height: spent.height,
        value: btc(spent.output.value),
        scriptPubKey: scriptJson(spent.output.script, network),
      };
    }
    return { ...json, sequence };
  });
  return {
    txid: tx.txid(),
    hash: tx.wtxid(),
    version: tx.version,
    size: tx.getSize(),
    vsize: tx.getVirtualSize(),
    weight: tx.getWeight(),
    locktime: tx.locktime,
    vin,
    vout: tx.outputs.map((output, n) => ({
      value: btc(output.value),
      n,
      scriptPubKey: scriptJson(output.script, network),
    })),
    ...(view && !tx.isCoinbase() ? { fee: btc(tx.getFee(view)) } : {}),
    ...(hex ? { hex: tx.toRaw().toString("hex") } : {}),
  };
}

async function headerJson(entry, transactionCount, chain) {
  const onBestChain = await chain.isMainChain(entry);
  const next = onBestChain ? await chain.getNextHash(entry.hash) : null;
  return {
    hash: entry.rhash(),
    confirmations: onBestChain ? chain.height - entry.height + 1 : -1,
    height: entry.height,
    version: entry.version,
    versionHex: (entry.version >>> 0).toString(16).padStart(8, "0"),
    merkleroot: revHex(entry.merkleRoot),
    time: entry.time,
    mediantime: await chain.getMedianTime(entry),
    nonce: entry.nonce,
    bits: entry.bits.toString(16).padStart(8, "0"),
    chainwork: entry.chainwork.toString("hex", 64),
    nTx: transactionCount,
    ...(entry.height > 0 ? { previousblockhash: revHex(entry.prevBlock) } : {}),
    ...(next ? { nextblockhash: revHex(next) } : {}),
  };
}

/** getblock at verbosity 1 (txids), 2 (transactions with fees) or 3 (with the outputs that they spend). */
async function blockJson(entry, block, verbosity, chain, network) {
  const view = verbosity > 1 ? await chain.getBlockView(block) : undefined;
  const tx = block.txs.map((each) =>
    verbosity === 1 ? each.txid() : transactionJson(each, network, { view, prevouts: verbosity > 2 }),
  );
  return {
    ...(await headerJson(entry, block.txs.length, chain)),
    strippedsize: block.getBaseSize(),
    size: block.getSize(),
    weight: block.getWeight(),
    tx,
  };
}

module.exports = { blockJson, btc, headerJson, scriptJson, transactionJson };
