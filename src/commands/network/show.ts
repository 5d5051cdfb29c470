import { command } from "../../cli/command.ts";
import { card } from "../../cli/layout.ts";
import { optionalArg } from "../../cli/parameter.ts";
import { networkName } from "../../cli/settings.ts";

export const networkShowCommand = command({
  path: "network show",
  summary: "Show the definition of a network",
  description: [
    "A network is a JSON value. Its id is SHA-256 of the canonical form of that value: two installations with the same id follow the same rules.",
  ],
  examples: [{ text: "The definition as JSON, with its id", command: "bsk network show regtest --json" }],
  options: { name: optionalArg(networkName, "the network; without it the one of this call", { completes: "network" }) },
  run: async ({ name }, ports) => {
    const { bitcoin, ...definition } = await (name === undefined ? ports.network() : ports.networks.find(name));
    return { ...definition, carriesValue: bitcoin.carriesValue };
  },
  text: (network, style) =>
    card(
      [
        ["network", style.name(network.name)],
        ["id", network.id],
        ["chain", network.chain + (network.carriesValue ? " (coins carry value)" : "")],
        ["magic", network.magic],
        ["first block", String(network.firstBlock)],
        ["ended", network.endHeight === null ? "no" : `at block ${network.endHeight}: read-only`],
        ["epochs", network.epochs.map(({ number, endBlock }) => `${number} to ${endBlock ?? "now"}`).join(", ")],
        ["burn address", network.burnAddress],
        ["confirmations", String(network.confirmations)],
        ["preorder expires", `${network.namePreorderExpire} blocks`],
        ["reveal expires", `${network.namespaceRevealExpire} blocks`],
        ["hash window", `${network.consensusHashWindow} blocks`],
        ["names per owner", String(network.maxNamesPerSender)],
        ["API port", String(network.apiPort)],
      ],
      style,
    ),
});
