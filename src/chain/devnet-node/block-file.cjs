"use strict";
/**
 * The best chain on disk, so that a devnet outlives its process: for each height from 1 on, u32 length (little endian)
 * and the raw block. A block that leaves the chain is cut off again; a torn last record is dropped when the file is read.
 */
const fs = require("node:fs");
const Block = require("bcoin/lib/primitives/block");

/** Feeds the file's blocks to the chain and keeps the file equal to the best chain from then on. */
async function openBlockFile(path, chain) {
  const stored = fs.existsSync(path) ? fs.readFileSync(path) : Buffer.alloc(0);
  const ends = [0]; // ends[height] = length of the file with the blocks up to that height
  for (let at = 0; at + 4 <= stored.length;) {
    const end = at + 4 + stored.readUInt32LE(at);
    if (end > stored.length) break;
    const entry = await chain.add(Block.fromRaw(stored.subarray(at + 4, end)));
    if (!entry) throw new Error(`the block file "${path}" does not hold one chain`);
    ends.push(end);
    at = end;
  }
  const file = fs.openSync(path, stored.length === 0 ? "w" : "r+", 0o600);
  const cutTo = (height) => {
    ends.length = Math.min(ends.length, height + 1);
    fs.ftruncateSync(file, ends[ends.length - 1]);
  };
  cutTo(ends.length - 1);
  chain.on("connect", (entry, block) => {
    const raw = block.toRaw();
    const record = Buffer.alloc(4 + raw.length);
    record.writeUInt32LE(raw.length, 0);
    raw.copy(record, 4);
    cutTo(entry.height - 1);
    fs.writeSync(file, record, 0, record.length, ends[entry.height - 1]);
    ends.push(ends[entry.height - 1] + record.length);
  });
  chain.on("disconnect", (entry) => cutTo(entry.height - 1));
  chain.on("reset", (tip) => cutTo(tip.height));
  return { close: () => fs.closeSync(file) };
}

module.exports = { openBlockFile };
