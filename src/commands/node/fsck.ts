import { command } from "../../cli/command.ts";
import { card } from "../../cli/layout.ts";
import { nodeDirectory } from "../../cli/node-settings.ts";
import { lockDirectory } from "../../cli/lock.ts";
import { flag, option } from "../../cli/parameter.ts";
import { ParseError } from "../../errors.ts";
import { differenceText, fsck, type Pin } from "../../fullnode/fsck.ts";
import { consensusHash } from "../../primitives/hash.ts";
import { parseBlockHeight } from "../../primitives/units.ts";

/** `HEIGHT:CONSENSUSHASH`. @throws ParseError */
function pin(text: string): Pin {
  const [height, hash, ...rest] = text.split(":");
  if (height === undefined || hash === undefined || rest.length > 0) {
    throw new ParseError(`not a height and a consensus hash with ":" between: "${text}"`);
  }
  return { height: parseBlockHeight(height), consensusHash: consensusHash(hash) };
}

export const nodeFsckCommand = command({
  path: "node fsck",
  summary: "Check the index of a node that is not running",
  description: [
    "Derives everything again from the transactions that the index holds, by all rules, and compares every row of every table, the zone files and the file itself. The first difference ends it with exit code 3.",
    "With a pin, a height and its consensus hash that you trust, it also proves that the operations up to there are those of the network: exit code 3 where they are not. Hashes of blocks are not proved by a pin.",
    "Prints a digest over each table, and one over all that a consensus hash and the headers of blocks stand for: nodes on the same chain have the same. Refused transactions and announcements are not part of that one.",
    "--repair puts what was derived in the place of an index that differs, in one step. Where the transactions themselves are damaged, it keeps the blocks before them, and the node indexes the rest when it starts.",
    "It needs as much room again as the index.",
  ],
  examples: [
    { text: "Is my index whole?", command: "bsk node fsck" },
    { text: "Is it the network's?", command: "bsk node fsck --pin 400000:3a1bdf21f0f5f80ab4d0d8c4ea60ae9c" },
  ],
  options: {
    pin: option(pin, "a consensus hash that you trust, with its height", { placeholder: "HEIGHT:HASH" }),
    repair: flag("derive again what can be derived, and drop what cannot"),
  },
  run: async ({ pin: trusted, repair }, ports) => {
    const network = await ports.network();
    const directory = nodeDirectory(ports.config, ports.directories.data(network.name));
    ports.atEnd(lockDirectory(directory, "bsk node fsck"));
    const spinner = ports.terminal.progress("fsck");
    try {
      const told = (height: number): void => {
        if (ports.signal.aborted) throw ports.signal.reason;
        spinner.update(`block ${height}`);
      };
      const report = await fsck({ network, directory, pin: trusted ?? null, repair, told });
      return { ...report, pin: trusted ?? null };
    } finally {
      spinner.stop();
    }
  },
  text: ({ height, consensusHash: hash, digest, pin: trusted, repaired, zonefiles, fromTilesUpTo }, style) =>
    card(
      [
        ["index", repaired === null ? style.good("whole") : style.warn("repaired")],
        ["found", repaired === null ? null : differenceText(repaired.found)],
        [
          "index again",
          (repaired?.indexFrom ?? null) === null ? null : `from block ${repaired?.indexFrom}, by starting the node`,
        ],
        ["lost", repaired === null || repaired.zonefilesLost === 0 ? null : `${repaired.zonefilesLost} zone files`],
        ["block", height === null ? "none yet" : String(height)],
        ["consensus hash", hash],
        ["proved", trusted === null ? null : `up to block ${trusted.height}, by the pin`],
        [
          "from tiles",
          fromTilesUpTo === null ? null : `up to block ${fromTilesUpTo}: what was refused there is not known`,
        ],
        ["zone files", String(zonefiles)],
        ["digest", digest],
      ],
      style,
    ),
});
