import { command } from "../cli/command.ts";
import { option, path } from "../cli/parameter.ts";
import { type Step, tellStory } from "../demo/story.ts";
import { startWorld } from "../demo/world.ts";

const ENTROPY_BYTES = 16;

export const demoCommand = command({
  path: "demo",
  summary: "The whole story on a private chain, in one command",
  description: [
    "Starts a real Bitcoin node on a private chain and a full node on it, opens a namespace, registers names in two phases, gives one a zone file, transfers, renews and revokes. Then a light node hashes all of it from the pin of that full node and resolves a name, and a node that lies about its owner is caught, with evidence that bsk verify checks.",
    "It touches no real network and needs no money. It leaves nothing running, and nothing behind but the directory that it names.",
  ],
  examples: [{ text: "Tell it", command: "bsk demo" }],
  options: {
    bitcoind: option(path, "your own bitcoind instead of the embedded node", {
      placeholder: "PATH",
      completes: "file",
    }),
  },
  run: async ({ bitcoind }, ports) => {
    const { terminal, clock, entropy, signal, files } = ports;
    const network = await ports.networks.find("regtest");
    const directory = await files.temporaryDirectory("bsk-demo-");
    terminal.note(`everything of this demo is in ${directory}`);
    const progress = terminal.progress("starting a Bitcoin node");
    ports.atEnd(() => progress.stop());
    const world = await startWorld({
      network,
      directory,
      bitcoind,
      entropy: entropy.bytes(ENTROPY_BYTES),
      clock,
      signal,
    });
    ports.atEnd(() => world.stop());
    progress.stop();
    terminal.note(`${world.devnet.description}: a private chain; our full node serves ${world.node.url}\n`);
    const told = ({ name, height, txid }: Step): void => {
      terminal.note(`block ${height}  ${name.padEnd(34)}  ${txid.slice(0, 16)}…`);
    };
    const story = await tellStory(world, told, signal);
    return { ...story, directory };
  },
  text: ({ resolved, tip, caught, directory }, style) =>
    [
      "",
      `${style.name(resolved.name)} belongs to ${resolved.address}`,
      `its zone file has the hash that the chain holds, ${resolved.zonefileHash}:`,
      "",
      ...resolved.zonefile
        .trimEnd()
        .split("\n")
        .map((line) => `    ${line}`),
      "",
      `level ${resolved.level}: a light node hashed every operation up to block ${tip.height} and came out at the consensus hash of our own full node, ${tip.consensusHash}`,
      "",
      ...caught.flatMap(({ node, because, evidence }) => [
        `a node that lied was caught, ${node}: ${because}`,
        `    bsk verify ${evidence ?? ""} --network regtest --pin ${tip.height}:${tip.consensusHash}`,
      ]),
      `what is left: ${directory}`,
    ].join("\n"),
});
