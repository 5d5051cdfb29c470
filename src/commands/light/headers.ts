import { command } from "../../cli/command.ts";
import { flag, option, path } from "../../cli/parameter.ts";
import { BskError } from "../../errors.ts";
import { encodeHeaders } from "../../lightnode/headers.ts";
import { syncHeaders } from "../../lightnode/sync-headers.ts";

export const lightHeadersCommand = command({
  path: "light headers",
  summary: "Keep the headers of Bitcoin's blocks, or write them to a file",
  description: [
    "Gets the headers from your Bitcoin node (bsk config shows which) and checks each: linked, with its proof of work and the right difficulty, from the checkpoint that Bitcoin Core has, or block 0. They are kept among the network's data; a later call adds what is new. They show in which block a transaction is: bsk verify uses them, and bsk pin attest need not get them again.",
    "A file for others is written with --output. What it says is worth as much as where it comes from: that its chain is the one with most work, no file shows by itself.",
  ],
  examples: [{ text: "For a machine without a Bitcoin node", command: "bsk light headers -o headers.bin" }],
  options: {
    output: option(path, "write them to this file too", { placeholder: "FILE", short: "o", completes: "file" }),
    overwrite: flag("write over the file"),
  },
  run: async ({ output, overwrite }, ports) => {
    const [network, store] = await Promise.all([ports.network(), ports.headers()]);
    const [first] = await ports.blockSources([], () => {
      ports.signal.throwIfAborted();
    });
    if (first.believed) {
      throw new BskError("usage", `${first.source.description} shows no headers`, {
        rule: "no-headers",
        hint: "name a Bitcoin node's JSON-RPC or REST: bsk config set sources rpc",
      });
    }
    const progress = ports.terminal.progress("headers");
    ports.atEnd(() => progress.stop());
    const held = await store.own((height) => {
      progress.update(`checking ${height}`);
    });
    const { file, last } = await syncHeaders(first.source, network, held, {
      keep: (headers) => store.keep(headers),
      progress: (height, of) => {
        ports.signal.throwIfAborted();
        progress.update(String(height), height, of);
      },
    });
    progress.stop();
    if (output !== undefined) await ports.files.write(output, encodeHeaders({ file }), { overwrite });
    return {
      first: file.first,
      height: last.height,
      hash: last.hash,
      time: last.time.toISOString(),
      added: last.height - (held?.last.height ?? file.first - 1),
      file: output ?? store.path,
    };
  },
  text: ({ first, height, hash, added, file }, style) =>
    `${style.good(`headers ${first} to ${height}`)}, ${Math.max(0, added)} new\n${style.dim(`last ${hash}, in ${file}`)}`,
});
