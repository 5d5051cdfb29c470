import { command } from "../../cli/command.ts";
import { arg } from "../../cli/parameter.ts";
import { parseOutpoint } from "../../primitives/outpoint.ts";

export const walletCoinsUnlockCommand = command({
  path: "wallet coins unlock",
  summary: "Let a coin be spent again that was set aside",
  description: [
    "Takes back bsk-wallet-coins-lock(1). Coins that the journal holds, or that lie on the address of a name, are not freed by it. Needs no passphrase.",
  ],
  options: {
    outpoint: arg(parseOutpoint, "the coin, as bsk wallet coins shows it", { placeholder: "TXID:INDEX" }),
  },
  run: async ({ outpoint }, ports) => {
    const changed = await (await ports.wallet()).unlockCoin(outpoint);
    return { outpoint, locked: false, changed };
  },
  text: ({ outpoint, changed }) => (changed ? `unlocked: ${outpoint}` : `was not locked: ${outpoint}`),
});
