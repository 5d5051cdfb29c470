/** Runs one command line and exits with its code. Everything that ends the process is here. */
import { failureOf, cancelledBy } from "./cli/failure.ts";
import { runProgram } from "./cli/program.ts";
import { styleOf, wantsColour } from "./cli/style.ts";
import { registry } from "./commands/registry.ts";
import type { BskError } from "./errors.ts";
import { portsOf } from "./wiring/ports.ts";

const environment = process.env;
const stopping = new AbortController();
let stoppedBy: { readonly signal: string; readonly error: BskError } | null = null;

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    const error = cancelledBy(signal);
    // The second time the user does not want to wait for a clean stop.
    if (stoppedBy !== null) process.exit(error.exitCode);
    stoppedBy = { signal, error };
    stopping.abort(error);
  });
}

// Whoever reads our output may close it (`bsk names | head -1`): what was begun is finished, the rest is not printed.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    if (stream === process.stdout && streaming) stopping.abort(cancelledBy("a closed output"));
  });
}
let streaming = false;

async function styles(noColor: boolean) {
  const of = (stream: NodeJS.WriteStream) => styleOf(wantsColour(stream.isTTY, noColor, environment));
  return { output: await of(process.stdout), errors: await of(process.stderr) };
}

process.on("uncaughtException", (error) => {
  process.stderr.write(`error: ${failureOf(error).message}\n`);
  process.exit(1);
});

const code = await runProgram(process.argv.slice(2), {
  registry,
  debug: environment["BSK_DEBUG"] === "1",
  print: (text) => void process.stdout.write(text),
  printError: (text) => void process.stderr.write(text),
  styles,
  ports: (call) => {
    streaming = call.command.streams;
    return portsOf(call, environment, stopping.signal);
  },
  stopped: () => stoppedBy,
});

// What was printed leaves before the process does: a pipe may still hold it.
await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write("", done))));
process.exit(code);
