"use strict";
/** A block with exactly these transactions, whatever waits in the mempool (Bitcoin Core: generateblock). */
const { RPCError } = require("bweb");
const { Refusal, rpcError, viewOf } = require("./admission.cjs");

const VERIFY_ERROR = -25;

/** Mines it on the tip; returns its hash. Transactions of the mempool that spend the same outputs go, as everywhere. */
async function mineExactly(node, address, txs) {
  const { chain, miner } = node;
  const job = await miner.createJob(null, address);
  const { attempt } = job;
  const empty = attempt.items.reduce(
    ({ weight, sigops }, { tx, sigops: used }) => ({ weight: weight - tx.getWeight(), sigops: sigops - used }),
    attempt,
  );
  Object.assign(attempt, { items: [], fees: 0, weight: empty.weight, sigops: empty.sigops });
  const parents = new Map();
  for (const tx of txs) {
    attempt.pushTX(tx, await viewIn(node, tx, parents));
    parents.set(tx.hash("hex"), tx);
  }
  attempt.refresh();
  job.refresh();
  const block = await miner.cpu.mineAsync(job);
  try {
    return (await chain.add(block)).rhash();
  } catch (error) {
    if (error.type !== "VerifyError") throw error;
    throw new RPCError(VERIFY_ERROR, `TestBlockValidity failed: ${error.reason}`);
  }
}

async function viewIn(node, tx, parents) {
  try {
    return await viewOf(node, tx, parents);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw rpcError(error);
  }
}

module.exports = { mineExactly };
