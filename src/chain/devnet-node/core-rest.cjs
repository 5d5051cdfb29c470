"use strict";
/** The REST interface of Bitcoin Core (doc/REST-interface.md, rest.cpp) over bcoin's chain: no password, reading only. */
const { revHex } = require("bcoin/lib/utils/util");
const { blockJson } = require("./core-json.cjs");

const MAX_HEADERS = 2000;

/** What is asked for is not there (404) or cannot be read (400). */
class RestError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** Answers everything below /rest, which is not part of the path then, before a password is asked for. */
function serveRest(node) {
  const { http } = node;
  http.use("/rest", async (req, res) => {
    try {
      const { type, body } = await answer(node, req.method, req.pathname, req.query);
      res.send(200, body, type);
    } catch (error) {
      if (!(error instanceof RestError)) throw error;
      res.text(error.status, `${error.message}\r\n`);
    }
  });
  http.stack.unshift(http.stack.pop());
}

async function answer(node, method, pathname, query) {
  const [path, format] = splitFormat(pathname.replace(/^\//, ""));
  const [what, ...args] = path.split("/");
  const route = method === "GET" && Object.hasOwn(ROUTES, what) ? ROUTES[what] : undefined;
  if (route === undefined) throw new RestError(404, "");
  const found = await route(node, args, query, format);
  if (format === "json" && !Buffer.isBuffer(found)) return { type: "json", body: `${JSON.stringify(found)}\n` };
  if (format === "bin" && Buffer.isBuffer(found)) return { type: "bin", body: found };
  if (format === "hex" && Buffer.isBuffer(found)) return { type: "txt", body: `${found.toString("hex")}\n` };
  throw new RestError(404, "output format not found");
}

function splitFormat(path) {
  const dot = path.lastIndexOf(".");
  return dot < 0 ? [path, ""] : [path.slice(0, dot), path.slice(dot + 1)];
}

const ROUTES = {
  chaininfo: (node) => node.rpc.calls.getblockchaininfo([]),

  async blockhashbyheight({ chain }, [height]) {
    if (!/^[0-9]{1,9}$/.test(height ?? "")) throw new RestError(400, `Invalid height: ${height}`);
    const entry = await chain.getEntry(Number(height));
    if (!entry) throw new RestError(404, "Block height out of range");
    return wire(entry.hash);
  },

  /** `headers/HASH?count=N`, or as before Bitcoin Core 24 `headers/N/HASH`; none where the block is not on the best chain. */
  async headers({ chain }, args, query) {
    const [count, hash] = args.length > 1 ? args : [query.count ?? "5", args[0]];
    if (!/^[0-9]{1,4}$/.test(count) || count < 1 || count > MAX_HEADERS)
      throw new RestError(400, `Header count is invalid or out of acceptable range (1-${MAX_HEADERS}): ${count}`);
    const found = [];
    let entry = await chain.getEntry(hashOf(hash));
    while (entry && found.length < count && (await chain.isMainChain(entry))) {
      found.push(entry.toRaw().subarray(0, 80));
      entry = await chain.getNext(entry);
    }
    return Buffer.concat(found);
  },

  async block(node, [hash], _query, format) {
    const { entry, block } = await blockOf(node, hash);
    return format === "json" ? blockJson(entry, block, 3, node.chain, node.network) : block.toRaw();
  },

  async tx(node, [txid]) {
    const meta = await node.getMeta(hashOf(txid));
    if (!meta) throw new RestError(404, `${txid} not found`);
    return meta.tx.toRaw();
  },

  /** Of each transaction in order, the coinbase included, the outputs that its inputs spend. */
  async spenttxouts(node, [hash]) {
    const { block } = await blockOf(node, hash);
    const view = await node.chain.getBlockView(block);
    const parts = [compactSize(block.txs.length)];
    for (const tx of block.txs) {
      const inputs = tx.isCoinbase() ? [] : tx.inputs;
      parts.push(compactSize(inputs.length), ...inputs.map((input) => view.getOutputFor(input).toRaw()));
    }
    return Buffer.concat(parts);
  },
};

async function blockOf({ chain }, hash) {
  const entry = await chain.getEntry(hashOf(hash));
  const block = entry && (await chain.getBlock(entry.hash));
  if (!block) throw new RestError(404, `${hash} not found`);
  return { entry, block };
}

/** The hash inside of bcoin (hex in wire order) of a hash as it is shown. */
function hashOf(text) {
  if (!/^[0-9a-fA-F]{64}$/.test(text ?? "")) throw new RestError(400, `Invalid hash: ${text}`);
  return revHex(text.toLowerCase());
}

const wire = (hash) => (Buffer.isBuffer(hash) ? hash : Buffer.from(hash, "hex"));

function compactSize(value) {
  if (value < 0xfd) return Buffer.from([value]);
  const wide = Buffer.alloc(3, 0xfd);
  wide.writeUInt16LE(value, 1); // no block of a devnet has more
  return wide;
}

module.exports = { serveRest };
