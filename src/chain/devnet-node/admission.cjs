"use strict";
/**
 * Which transactions the mempool takes, in the words of Bitcoin Core: bcoin's own checks, plus replacement by fee
 * (BIP 125, rules 1 to 5), which bcoin lacks. Asking (`judge`) changes nothing.
 */
const { RPCError } = require("bweb");
const CoinView = require("bcoin/lib/coins/coinview");
const MempoolEntry = require("bcoin/lib/mempool/mempoolentry");
const policy = require("bcoin/lib/protocol/policy");

const MAX_REPLACED = 100; // BIP 125 rule 5

// reasons that Core words otherwise
const REASONS = {
  "insufficient priority": "min relay fee not met",
  "bad-txns-inputs-spent": "txn-mempool-conflict",
  "absurdly-high-fee": "max-fee-exceeded",
};

class Refusal extends Error {
  constructor(code, reason) {
    super(reason);
    this.code = code;
    this.reason = reason;
  }
}

function refusalOf(error) {
  if (error instanceof Refusal) return error;
  if (error.type === "VerifyError") return new Refusal(-26, REASONS[error.reason] ?? error.reason);
  throw error;
}

/** Would the mempool take it, if it already held `parents`? Returns what it would replace, or throws a Refusal. */
async function judge(node, tx, parents = new Map()) {
  const { mempool, chain } = node;
  try {
    const [sane, reason] = tx.checkSanity();
    if (!sane) throw new Refusal(-26, reason);
    if (tx.isCoinbase()) throw new Refusal(-26, "coinbase");
    const [standard, why] = tx.checkStandard();
    if (!standard) throw new Refusal(-26, why);
    if (!(await mempool.verifyFinal(tx, 1 | 2))) throw new Refusal(-26, "non-final");
    if (mempool.hasEntry(tx.hash("hex"))) throw new Refusal(-27, "txn-already-in-mempool");
    if (await chain.hasCoins(tx)) throw new Refusal(-27, "txn-already-known");
    const view = await viewOf(node, tx, parents);
    const [fee, inputReason] = tx.checkInputs(view, chain.height + 1); // before what it pays is judged
    if (fee === -1) throw new Refusal(-26, inputReason);
    const entry = MempoolEntry.fromTX(tx, view, chain.height);
    const conflicts = conflictsOf(mempool, tx);
    if (conflicts.size > 0) requireReplaceable(mempool, entry, conflicts);
    await mempool.verify(entry, view);
    return { entry, conflicts };
  } catch (error) {
    throw refusalOf(error);
  }
}

/** The outputs that it spends, of `parents`, the mempool or the chain. */
async function viewOf(node, tx, parents) {
  const view = new CoinView();
  for (const { prevout } of tx.inputs) {
    const parent = parents.get(prevout.hash) ?? node.mempool.getTX(prevout.hash);
    if (parent) {
      if (prevout.index < parent.outputs.length) view.addIndex(parent, prevout.index, -1);
    } else {
      const coin = await node.chain.readCoin(prevout);
      if (coin) view.addEntry(prevout, coin);
    }
    if (!view.hasEntry(prevout)) throw new Refusal(-25, "bad-txns-inputs-missingorspent");
  }
  return view;
}

/** Entries of the mempool that spend the same outputs, and all that depends on them. */
function conflictsOf(mempool, tx) {
  const found = new Set();
  for (const { prevout } of tx.inputs) {
    const spender = mempool.getSpent(prevout.hash, prevout.index);
    if (!spender) continue;
    found.add(spender);
    for (const hash of mempool.getDescendants(spender)) found.add(hash);
  }
  return found;
}

function requireReplaceable(mempool, entry, conflicts) {
  if (conflicts.size > MAX_REPLACED) throw new Refusal(-26, "too many potential replacements");
  let fees = 0;
  for (const old of conflicts) {
    const direct = entry.tx.inputs.some(({ prevout }) => mempool.getSpent(prevout.hash, prevout.index) === old);
    if (direct && !signalsReplacement(old.tx)) throw new Refusal(-26, "txn-mempool-conflict");
    if (direct && entry.fee * old.size <= old.fee * entry.size) throw new Refusal(-26, "insufficient fee");
    if (entry.tx.inputs.some(({ prevout }) => prevout.hash === old.hash("hex")))
      throw new Refusal(-26, "bad-txns-spends-conflicting-tx");
    fees += old.fee;
  }
  if (entry.fee < fees + policy.getMinFee(entry.size, mempool.options.minRelay))
    throw new Refusal(-26, "insufficient fee");
}

/** BIP 125: any input below 0xfffffffe. bcoin's own answer leaves out version 2. */
function signalsReplacement(tx) {
  return tx.inputs.some(({ sequence }) => sequence < 0xfffffffe);
}

/** Takes it into the mempool, replacing what it may replace. */
async function admit(node, tx) {
  const { conflicts } = await judge(node, tx);
  for (const old of conflicts) if (node.mempool.hasEntry(old.hash("hex"))) node.mempool.evictEntry(old);
  try {
    const missing = await node.mempool.addTX(tx);
    if (missing) throw new Refusal(-25, "bad-txns-inputs-missingorspent");
  } catch (error) {
    throw refusalOf(error);
  }
}

/** The refusal as the RPC error that Core gives. */
function rpcError(refusal) {
  return new RPCError(refusal.code, refusal.reason);
}

module.exports = { Refusal, admit, judge, rpcError, viewOf };
