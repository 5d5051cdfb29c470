import { command } from "../../cli/command.ts";
import { table } from "../../cli/layout.ts";
import { arg, flag, path } from "../../cli/parameter.ts";
import { BskError } from "../../errors.ts";
import type { NodeClient } from "../../lightnode/node-client.ts";
import { zonefileToAnnounce } from "../../spending/zonefile.ts";

/** Between two tries. */
const WAIT_MS = 2_000;

interface Handed {
  readonly node: string;
  readonly kept: boolean;
  /** Why it was not kept. */
  readonly because: string | null;
}

async function handIn(bytes: Uint8Array, node: NodeClient): Promise<Handed & { readonly error: BskError | null }> {
  try {
    await node.putZonefile(bytes);
    return { node: node.url, kept: true, because: null, error: null };
  } catch (error) {
    if (!(error instanceof BskError)) throw error;
    return { node: node.url, kept: false, because: error.message, error };
  }
}

/** Can it pass? A node may not have indexed the block yet, or be away for a while. */
function passes({ error }: { readonly error: BskError | null }): boolean {
  return error?.rule === "zonefile-not-announced" || error?.kind === "machine";
}

export const zonefilePublishCommand = command({
  path: "zonefile publish",
  summary: "Hand a zone file to the nodes",
  description: [
    "Gives the file to every node of --node or of the settings. Nodes keep a zone file once they have indexed an operation that announced its hash; until then they refuse it, and this ends with exit code 5. --wait tries again until all of them have it.",
    "bsk register and bsk update publish their zone file themselves; this is for files that were lost, and for more nodes.",
  ],
  examples: [{ text: "Once the update is in a block", command: "bsk zonefile publish alice.txt --wait" }],
  options: {
    file: arg(path, "the zone file; - is standard input", { placeholder: "FILE", completes: "file" }),
    wait: flag("try again until every node keeps it"),
  },
  run: async ({ file, wait }, ports) => {
    const { bytes, hash } = zonefileToAnnounce(await ports.files.readBytes(file));
    const nodes = await ports.nodes();
    let handed = await Promise.all(nodes.map((node) => handIn(bytes, node)));
    for (let told = false; wait && handed.some(passes); told = true) {
      const first = handed.find(passes);
      if (!told) ports.terminal.note(`waiting: ${first?.because ?? ""}`);
      await ports.clock.sleep(WAIT_MS);
      handed = await Promise.all(
        handed.map(async (last, i) => (last.kept ? last : handIn(bytes, nodes[i] ?? nodes[0]))),
      );
    }
    const [failed] = handed.flatMap(({ error }) => error ?? []);
    if (failed !== undefined && handed.every(({ kept }) => !kept)) throw unkept(failed, hash, file);
    for (const { because } of handed) if (because !== null) ports.terminal.warn(because);
    return { file, zonefileHash: hash, nodes: handed.map(({ error: _error, ...shown }) => shown) };
  },
  text: ({ zonefileHash, nodes }, style) =>
    [
      `zone file ${zonefileHash}`,
      table(
        ["node", "keeps it"],
        nodes.map(({ node, kept }) => [node, kept ? style.good("yes") : style.warn("no")]),
        style,
      ),
    ].join("\n"),
});

/** What no node kept. */
function unkept(error: BskError, hash: string, file: string): BskError {
  if (error.rule !== "zonefile-not-announced") return error;
  return new BskError("rejected", `no block that the node has indexed announces the zone file ${hash}`, {
    rule: error.rule,
    hint: `announce it first (bsk update NAME --zonefile ${file}), or wait for the block with --wait`,
    cause: error,
  });
}
