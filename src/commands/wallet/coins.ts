import { addressOf } from "../../bitcoin/address.ts";
import { showAmount } from "../../cli/amount.ts";
import { command } from "../../cli/command.ts";
import { table } from "../../cli/layout.ts";
import { outpointText, partOf } from "../../wallet/coins.ts";
import { pathText } from "../../wallet/derivation.ts";

export const walletCoinsCommand = command({
  path: "wallet coins",
  summary: "List the unspent outputs of the wallet",
  description: [
    "State is one of confirmed, pending, locked and reserved, as in bsk-wallet-balance(1). Needs no passphrase.",
  ],
  run: async (_options, ports) => {
    const wallet = await ports.wallet();
    const purse = await wallet.purse();
    const { bitcoin, name } = await ports.network();
    const paths = new Map(wallet.scripts().map(({ script, path }) => [script, path]));
    const coins = purse.coins
      .map((coin) => {
        const path = paths.get(coin.script);
        return {
          outpoint: outpointText(coin),
          value: coin.value,
          state: partOf(coin, purse),
          height: coin.height,
          address: addressOf(coin.script, bitcoin),
          purpose: path?.purpose ?? null,
          path: path === undefined ? null : pathText(path),
        };
      })
      .sort((a, b) => Number(b.value - a.value) || (a.outpoint < b.outpoint ? -1 : 1));
    return { network: name, coins };
  },
  text: ({ coins }, style) =>
    coins.length === 0
      ? "no coins"
      : table(
          ["AMOUNT", "STATE", "BLOCK", "PURPOSE", "ADDRESS", "OUTPUT"],
          coins.map(({ outpoint, value, state, height, address, purpose }) => [
            showAmount(value),
            state,
            height === null ? "none yet" : String(height),
            purpose ?? "",
            address ?? "",
            style.dim(outpoint),
          ]),
          style,
        ),
});
