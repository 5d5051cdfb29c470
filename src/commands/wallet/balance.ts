import { showAmount } from "../../cli/amount.ts";
import { command } from "../../cli/command.ts";
import { table } from "../../cli/layout.ts";
import { balanceOf } from "../../wallet/coins.ts";

export const walletBalanceCommand = command({
  path: "wallet balance",
  summary: "Show what the wallet holds",
  description: [
    "Every coin counts in exactly one of four sums: confirmed (can be spent), pending (can be spent, but no block holds it yet), locked (set aside by bsk-wallet-coins-lock(1), on the addresses of names and namespaces, or of a kind that would make an operation void: never spent as fee) and reserved (held by what the journal has under way).",
    "Needs no passphrase.",
  ],
  examples: [{ text: "What can be spent now, in satoshis", command: "bsk wallet balance --json | jq .data.confirmed" }],
  run: async (_options, ports) => {
    const wallet = await ports.wallet();
    const { confirmed, pending, locked, reserved } = balanceOf(await wallet.purse());
    const total = confirmed + pending + locked + reserved;
    const { height } = await (await ports.coins()).tip();
    return { network: (await ports.network()).name, height, confirmed, pending, locked, reserved, total };
  },
  text: ({ confirmed, pending, locked, reserved, total }, style) =>
    table(
      ["", "AMOUNT", ""],
      [
        ["confirmed", style.good(showAmount(confirmed)), "can be spent"],
        ["pending", showAmount(pending), "can be spent, in no block yet"],
        ["locked", showAmount(locked), "set aside, or on addresses of names"],
        ["reserved", showAmount(reserved), "held by transactions under way"],
        ["total", style.bold(showAmount(total)), ""],
      ],
      style,
    ),
});
