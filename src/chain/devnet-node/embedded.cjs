"use strict";
/** bcoin as a Bitcoin Core like regtest node in memory; its best chain and mempool are kept in a directory if one is named. */
const { join } = require("node:path");
const regtest = require("bcoin/lib/protocol/networks").regtest;

// Bitcoin Core's regtest prefixes (kernel/chainparams.cpp); bcoin has its own. Set before anything reads them.
regtest.addressPrefix = { ...regtest.addressPrefix, pubkeyhash: 0x6f, scripthash: 0xc4, bech32: "bcrt" };
regtest.keyPrefix = {
  ...regtest.keyPrefix,
  privkey: 0xef,
  xpubkey: 0x043587cf,
  xprivkey: 0x04358394,
  xpubkey58: "tpub",
  xprivkey58: "tprv",
};

const common = require("bcoin/lib/blockchain/common");
const MempoolEntry = require("bcoin/lib/mempool/mempoolentry");
const FullNode = require("bcoin/lib/node/fullnode");
const { openBlockFile } = require("./block-file.cjs");
const { lockDir } = require("./dir-lock.cjs");
const { restoreMempool, saveMempool } = require("./mempool-file.cjs");
const { serveRest } = require("./core-rest.cjs");
const { coreCalls } = require("./core-rpc.cjs");

/** Starts the node. Resolves to its port and a `close` that ends the process. */
async function start({ port, password, dir }) {
  const unlock = dir === undefined ? undefined : lockDir(join(dir, "lock"));
  const node = new FullNode({
    network: "regtest",
    memory: true,
    workers: false,
    logFile: false,
    logConsole: true,
    logLevel: "none",
    listen: false,
    httpHost: "127.0.0.1",
    httpPort: port ?? 0,
    apiKey: password,
    indexTx: true,
    requireStandard: true,
    replaceByFee: true, // else it refuses transactions that signal replacement
    loader: () => {
      throw new Error("no plug-ins");
    },
  });
  likeCore(node);
  await node.chain.open();
  await node.mempool.open();
  await node.miner.open();
  const blocks = dir === undefined ? undefined : await openBlockFile(join(dir, "blocks.dat"), node.chain);
  if (dir !== undefined) await restoreMempool(join(dir, "mempool.txt"), node);
  // Neither the pool nor a peer is ever opened: the one socket is the RPC port.
  const address = await node.http.open();
  let closed = false;
  const close = () => {
    if (closed) return;
    closed = true;
    if (dir !== undefined) saveMempool(join(dir, "mempool.txt"), node);
    blocks?.close();
    unlock?.();
    process.exit(0);
  };
  return { port: address.port, close };
}

function likeCore(node) {
  const stateOf = node.chain.getState.bind(node.chain);
  // csv and segwit hold from genesis on Core's regtest
  node.chain.getState = (previous, deployment) =>
    deployment.name === "csv" || deployment.name === "segwit"
      ? Promise.resolve(common.thresholdStates.ACTIVE)
      : stateOf(previous, deployment);
  // Core has neither free transactions by priority nor a pool of orphans that RPC could fill
  MempoolEntry.prototype.isFree = () => false;
  node.mempool.options.maxOrphans = 0;
  Object.assign(node.rpc.calls, coreCalls(node));
  serveRest(node);
}

module.exports = { start };
