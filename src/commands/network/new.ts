import { command } from "../../cli/command.ts";
import { card } from "../../cli/layout.ts";
import { arg, integer, oneOf, option, optionOr, requiredOption } from "../../cli/parameter.ts";
import { networkName } from "../../cli/settings.ts";
import { BskError, ParseError } from "../../errors.ts";
import { newNetworkDefinition, networkOf } from "../../protocol/network-definition.ts";

/** Two printable ASCII characters. @throws ParseError */
function magic(value: string): string {
  if (!/^[!-~]{2}$/u.test(value)) throw new ParseError(`not two printable ASCII characters: "${value}"`);
  return value;
}

export const networkNewCommand = command({
  path: "network new",
  summary: "Define a network of your own",
  description: [
    "Makes a definition with the rules of epoch 3 (prices in bitcoin) for ever, and stores it in the configuration directory. Give the file to everyone who shall take part: names live on it as soon as two installations have the same definition.",
    "Other magic characters keep its operations apart from those of other networks on the same chain.",
  ],
  examples: [
    {
      text: "A world of names for an organisation, on signet",
      command: "bsk network new acme --chain signet --magic ac --first-block 250000",
    },
  ],
  options: {
    name: arg(networkName, "what to call it"),
    chain: requiredOption(oneOf(["regtest", "signet", "testnet4", "bitcoin"]), "Bitcoin chain that it lives on", {}),
    firstBlock: option(integer(0, 0x7fffffff), "first block that is indexed; on regtest 1 if left out", {
      placeholder: "HEIGHT",
    }),
    magic: optionOr("id", magic, "two characters that start every operation", { placeholder: "XX" }),
  },
  run: async ({ name, chain, magic: prefix, ...options }, { networks }) => {
    const firstBlock = options.firstBlock ?? (chain === "regtest" ? 1 : null);
    if (firstBlock === null)
      throw new BskError("usage", `--first-block: missing for a network on ${chain}`, {
        hint: "a block height of today: earlier blocks cannot hold operations of a new network",
      });
    const definition = newNetworkDefinition(name, chain, firstBlock, prefix);
    const file = await networks.add(definition);
    return { name, id: networkOf(definition).id, chain, magic: prefix, firstBlock, file };
  },
  text: ({ name, id, file }, style) =>
    card(
      [
        ["network", style.name(name)],
        ["id", id],
        ["file", file],
      ],
      style,
    ),
});
