import { command } from "../../cli/command.ts";
import { arg, option, text } from "../../cli/parameter.ts";
import { parseOutpoint } from "../../primitives/outpoint.ts";

export const walletCoinsLockCommand = command({
  path: "wallet coins lock",
  summary: "Set a coin aside, so that nothing spends it",
  description: [
    "It stays set aside, for every process that uses this wallet, until bsk-wallet-coins-unlock(1). Needs no passphrase. What a transaction under way spends already is spent all the same.",
  ],
  examples: [
    {
      text: "Keep one coin for later",
      command:
        "bsk wallet coins lock 4b5a7f0c8f8d6c0f4cbe3f5c3d0b1a2e6f7a8b9c0d1e2f3a4b5c6d7e8f901234:1 --reason rent --network regtest",
    },
  ],
  options: {
    outpoint: arg(parseOutpoint, "the coin, as bsk wallet coins shows it", { placeholder: "TXID:INDEX" }),
    reason: option(text, "why, to be shown with it", { placeholder: "TEXT" }),
  },
  run: async ({ outpoint, reason = null }, ports) => {
    const changed = await (await ports.wallet()).lockCoin(outpoint, reason);
    return { outpoint, locked: true, changed, reason };
  },
  text: ({ outpoint, changed }) => (changed ? `locked: ${outpoint}` : `locked already: ${outpoint}`),
});
