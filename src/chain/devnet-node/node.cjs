"use strict";
/**
 * The embedded Bitcoin node: bcoin in regtest mode, in memory, made to answer as Bitcoin Core does.
 *
 * Bundled into dist/devnet-node.cjs and started by src/chain/devnet.ts as a child process. Its settings are one line of
 * JSON on stdin: {"port", "password", "dir"}, or {"guard": {"command", "args"}} to watch over another program.
 * When it is ready it prints one line of JSON on stdout: {"port"}. It ends when stdin does, so it never outlives its
 * parent, however that one dies. It opens one loopback port and never a connection.
 */
process.env.NODE_BACKEND = "js"; // bcoin's cryptography without native code

const { guard } = require("./guard.cjs");

process.on("SIGINT", () => {}); // ctrl-C reaches the whole group: the parent decides when we end
readSettings((settings) => {
  if (settings.guard) {
    guard(settings.guard);
    return;
  }
  require("./embedded.cjs")
    .start(settings)
    .then(
      ({ port, close }) => {
        process.stdin.on("end", () => close());
        process.stdin.on("close", () => close());
        process.on("SIGTERM", () => close());
        process.stdout.write(`${JSON.stringify({ port })}\n`);
      },
      (error) => {
        process.stdout.write(`${JSON.stringify({ error: error.message })}\n`);
        process.exit(1);
      },
    );
});

/** Calls back once, with the first line of stdin as JSON; without one there is nothing to do. */
function readSettings(use) {
  let text = "";
  const onData = (chunk) => {
    text += chunk;
    const end = text.indexOf("\n");
    if (end < 0) return;
    process.stdin.off("data", onData);
    process.stdin.off("end", onEnd);
    process.stdin.resume();
    use(JSON.parse(text.slice(0, end)));
  };
  const onEnd = () => process.exit(2);
  process.stdin.setEncoding("utf8");
  process.stdin.on("data", onData);
  process.stdin.on("end", onEnd);
}
