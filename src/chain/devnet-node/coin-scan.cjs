"use strict";
/** Coins by descriptor, and the addresses and descriptors that RPC arguments name. */
const { RPCError } = require("bweb");
const Script = require("bcoin/lib/script/script");
const Address = require("bcoin/lib/primitives/address");
const CoinEntry = require("bcoin/lib/coins/coinentry");
const Outpoint = require("bcoin/lib/primitives/outpoint");
const layout = require("bcoin/lib/blockchain/layout");

const NOT_FOUND = -5;

function bytesOf(hex) {
  if (!/^([0-9a-fA-F]{2})*$/.test(hex)) throw new Error("not hex");
  return Buffer.from(hex, "hex");
}

function addressOf(text, network) {
  try {
    return Address.fromString(text, network);
  } catch {
    throw new RPCError(NOT_FOUND, "Error: Invalid address or descriptor");
  }
}

/** [script hex, descriptor] of `raw(hex)` or `addr(address)`, a checksum behind # ignored. */
function scriptOfDescriptor(scanObject, network) {
  const text = typeof scanObject === "string" ? scanObject : String(scanObject?.desc);
  const match = /^(raw|addr)\(([0-9a-zA-Z]+)\)(#[0-9a-z]{8})?$/.exec(text);
  if (!match) throw new RPCError(NOT_FOUND, `'${text}' is not a valid descriptor here (raw or addr)`);
  try {
    const script =
      match[1] === "raw"
        ? Script.fromRaw(bytesOf(match[2]))
        : Script.fromAddress(Address.fromString(match[2], network));
    return [script.toJSON(), `${match[1]}(${match[2]})`];
  } catch {
    throw new RPCError(NOT_FOUND, `${match[1]}(): '${match[2]}' is not valid`);
  }
}

async function eachCoin(chain, visit) {
  const rows = chain.db.db.iterator({ gte: layout.c.min(), lte: layout.c.max(), values: true });
  await rows.each((key, value) => {
    const [hash, index] = layout.c.parse(key);
    visit(new Outpoint(hash, index), CoinEntry.fromRaw(value));
  });
}

module.exports = { addressOf, eachCoin, scriptOfDescriptor };
