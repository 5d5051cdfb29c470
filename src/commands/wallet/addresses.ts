import { command } from "../../cli/command.ts";
import { card, table } from "../../cli/layout.ts";
import { flag } from "../../cli/parameter.ts";
import { addressAt } from "../../wallet/addresses.ts";

import { pathText } from "../../wallet/derivation.ts";

export const walletAddressesCommand = command({
  path: "wallet addresses",
  summary: "Show the address to receive at, and all others in use",
  description: [
    "The newest payment address is the one to receive at; --new hands out another. Payment and change addresses hold coins, owner addresses own names, reveal addresses open namespaces. Needs no passphrase.",
  ],
  examples: [
    { text: "A fresh address to be paid at", command: "bsk wallet addresses --new" },
    { text: "Only the address", command: "bsk wallet addresses --json | jq -r .data.receive" },
  ],
  options: {
    new: flag("hand out a new payment address"),
    all: flag("list also the unused addresses that are watched"),
  },
  run: async (options, ports) => {
    const wallet = await ports.wallet();
    const { bitcoin, name } = await ports.network();
    if (options.new || wallet.file().used.payment === 0) await wallet.take("payment");
    const { keys, used } = wallet.file();
    const addresses = wallet
      .scripts()
      .filter((own) => own.used || options.all)
      .map(({ path, used: inUse }) => ({
        address: addressAt(keys, path, bitcoin),
        purpose: path.purpose,
        path: pathText(path),
        used: inUse,
      }));
    const receive = addressAt(keys, { purpose: "payment", index: used.payment - 1 }, bitcoin);
    return { network: name, receive, addresses };
  },
  text: ({ receive, addresses }, style) =>
    [
      card([["receive at", style.name(receive)]], style),
      "",
      table(
        ["ADDRESS", "PURPOSE", "USED", "PATH"],
        addresses.map(({ address, purpose, path, used }) => [address, purpose, used ? "yes" : "no", style.dim(path)]),
        style,
      ),
    ].join("\n"),
});
