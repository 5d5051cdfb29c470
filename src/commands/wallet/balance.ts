import { showAmount } from "../../cli/amount.ts";
import { command } from "../../cli/command.ts";
import { table } from "../../cli/layout.ts";
import { balanceOf } from "../../wallet/coins.ts";

export const walletBalanceCommand = command({
  path: "wallet balance",
  summary: "Show what the wallet holds",
  description: [
    "Every coin counts in exactly one of four sums: confirmed (can be spent), pending (can be spent, but no block holds it yet), locked (held by transactions that are under way) and reserved (on the addresses of names and namespaces, never spent as fee).",
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
        ["locked", showAmount(locked), "held by transactions under way"],
        ["reserved", showAmount(reserved), "on addresses of names, kept for them"],
        ["total", style.bold(showAmount(total)), ""],
      ],
      style,
    ),
});
