"use strict";
/** The mempool on disk between a clean end and the next start, one transaction in hex per line, parents first. */
const fs = require("node:fs");
const TX = require("bcoin/lib/primitives/tx");
const { admit, Refusal } = require("./admission.cjs");

/** Puts back what the mempool still takes; the file is gone afterwards, so that a crash never brings it back twice. */
async function restoreMempool(path, node) {
  if (!fs.existsSync(path)) return;
  const lines = fs.readFileSync(path, "utf8").split("\n");
  for (const line of lines.filter((each) => each !== "")) {
    await admit(node, TX.fromRaw(Buffer.from(line, "hex"))).catch((error) => {
      if (!(error instanceof Refusal)) throw error;
    });
  }
  fs.rmSync(path);
}

function saveMempool(path, node) {
  const lines = [...node.mempool.map.values()].map(({ tx }) => `${tx.toRaw().toString("hex")}\n`);
  fs.writeFileSync(path, lines.join(""), { mode: 0o600 });
}

module.exports = { restoreMempool, saveMempool };
