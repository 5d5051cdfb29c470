#!/usr/bin/env node
"use strict";
/**
 * Is started as Bitcoin Core is and reads what Core reads (arguments, bitcoin.conf of the data directory), refuses what
 * Core would refuse, and then serves the embedded regtest node: for tests of `--bitcoind PATH`.
 */
const { spawn } = require("node:child_process");
const { readFileSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");

/** Arguments of `bitcoind -help` (Bitcoin Core 29) that matter to a private chain; any other one ends Core, and this. */
const KNOWN = new Set(
  (
    "regtest datadir server listen connect dnsseed fixedseeds discover natpmp rpcbind rpcallowip rpcport rpcuser rpcpassword " +
    "txindex rest acceptnonstdtxn printtoconsole"
  ).split(" "),
);

const settings = new Map();
const take = (text, where) => {
  const [, key, value = "1"] = /^([a-z]+)(?:=(.*))?$/u.exec(text) ?? [];
  if (key === undefined || !KNOWN.has(key)) fail(`Error parsing ${where}: Invalid parameter ${text}`);
  settings.set(key, value);
};
for (const argument of process.argv.slice(2)) {
  if (!argument.startsWith("-")) fail(`Error: Command line contains unexpected token '${argument}'`);
  take(argument.slice(1), "command line arguments");
}
if (settings.get("regtest") !== "1") fail("Error: without -regtest this would be mainnet");
const data = settings.get("datadir");
// As in Core, a section of bitcoin.conf counts for its chain only, and the command line before the file.
const [, section = ""] = readFileSync(join(data, "bitcoin.conf"), "utf8").split(/^\[regtest\]$/mu);
for (const line of section.split("\n").filter((each) => each.trim() !== "")) {
  const [key] = line.split("=");
  if (!settings.has(key)) take(line.trim(), "bitcoin.conf");
}
if (settings.get("rpcuser") !== "__cookie__") fail("Error: this stand-in serves the user __cookie__ alone");

const node = spawn(process.execPath, ["--no-deprecation", join(__dirname, "..", "..", "dist", "devnet-node.cjs")], {
  stdio: ["pipe", "ignore", "inherit"],
});
node.stdin.write(
  `${JSON.stringify({ port: Number(settings.get("rpcport")), password: settings.get("rpcpassword"), dir: data })}\n`,
);
writeFileSync(join(data, "bitcoind.pid"), `${process.pid}\n`);
node.on("exit", (code) => process.exit(code ?? 1));
process.on("SIGTERM", () => node.stdin.end()); // it ends when its parent lets go

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
