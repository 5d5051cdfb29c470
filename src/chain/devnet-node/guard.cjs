"use strict";
/** Runs another program (the user's own bitcoind) and ends it when our parent goes away. */
const { spawn } = require("node:child_process");

const PATIENCE_MS = 15_000; // bitcoind writes its caches before it ends

function guard({ command, args }) {
  const child = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"], detached: true });
  let ending = false;
  const end = () => {
    if (ending) return;
    ending = true;
    child.kill("SIGTERM");
    setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS).unref();
  };
  let complaint = "";
  child.stderr.setEncoding("utf8");
  child.stderr.on("data", (text) => (complaint = (complaint + text).slice(-2000)));
  child.on("error", (error) => fail(error.message));
  child.on("exit", (code) => (ending ? process.exit(0) : fail(complaint.trim() || `it ended with code ${code}`)));
  process.stdin.on("end", end);
  process.stdin.on("close", end);
  process.on("SIGTERM", end);
  child.on("spawn", () => process.stdout.write(`${JSON.stringify({ started: child.pid })}\n`));
}

function fail(reason) {
  process.stdout.write(`${JSON.stringify({ error: reason })}\n`, () => process.exit(1));
}

module.exports = { guard };
