import { readReplayFile } from "../../chain/replay-file.ts";
import { command } from "../../cli/command.ts";
import { arg, path } from "../../cli/parameter.ts";
import { replayFile } from "../../fullnode/replay.ts";

export const nodeReplayCommand = command({
  path: "node replay",
  summary: "Index the raw blocks of a file and print what each came to",
  description: [
    "Takes .json and .json.gz files of blocks with their network in them; the network of this call does not matter.",
    "Prints one JSON object per indexed block: height, opsHash, consensusHash, and the accepted operations with txid and opcode.",
  ],
  examples: [{ text: "The last consensus hash", command: "bsk node replay chain.json.gz | tail -n 1" }],
  options: { file: arg(path, "the blocks", { completes: "file" }) },
  streams: true,
  run: async ({ file }, { terminal, signal }) => {
    for await (const block of replayFile(await readReplayFile(file))) {
      if (signal.aborted) break;
      terminal.line(JSON.stringify(block));
    }
    return {};
  },
  text: () => "",
});
