import { addressOf } from "../../bitcoin/address.ts";
import { showAmount } from "../../cli/amount.ts";
import { command } from "../../cli/command.ts";
import { table } from "../../cli/layout.ts";
import { purposeHolding } from "../../spending/coin-holds.ts";
import { type Hold, holdOf, outpointText, partOf } from "../../wallet/coins.ts";
import { pathText } from "../../wallet/derivation.ts";

const WORDS: Readonly<Record<Hold | "chain", string>> = {
  journal: "under way",
  user: "set aside",
  owner: "kept for its name",
  kind: "would make an operation void",
  chain: "waits for a block: its chain is full",
};

export const walletCoinsCommand = command({
  path: "wallet coins",
  summary: "List the unspent outputs of the wallet",
  description: [
    "State is one of confirmed, pending, locked and reserved, as in bsk-wallet-balance(1). Of a coin that is not spent the reason is shown: what the journal holds it for, the words of bsk-wallet-coins-lock(1), the name or namespace whose address it lies on, or a kind that would make an operation void (native segwit). A pending coin may also wait for a block since its chain of unconfirmed transactions is as long as nodes relay. Needs no passphrase.",
  ],
  run: async (_options, ports) => {
    const wallet = await ports.wallet();
    const purse = await wallet.purse();
    const { bitcoin, name } = await ports.network();
    const entries = (await ports.journal()).live();
    const locks = new Map((await wallet.coinLocks()).map((lock) => [lock.outpoint, lock.reason]));
    const paths = new Map(wallet.scripts().map(({ script, path }) => [script, path]));
    const coins = purse.coins
      .map((coin) => {
        const path = paths.get(coin.script);
        const outpoint = outpointText(coin);
        const hold = holdOf(coin, purse);
        return {
          outpoint,
          value: coin.value,
          state: partOf(coin, purse),
          hold: hold ?? (purse.crowded?.has(outpoint) === true ? ("chain" as const) : null),
          reason:
            hold === "journal"
              ? purposeHolding(outpoint, entries)
              : hold === "user"
                ? (locks.get(outpoint) ?? null)
                : null,
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
          ["AMOUNT", "STATE", "WHY", "BLOCK", "PURPOSE", "ADDRESS", "OUTPUT"],
          coins.map(({ outpoint, value, state, hold, reason, height, address, purpose }) => [
            showAmount(value),
            state,
            hold === null ? "" : WORDS[hold] + (reason === null ? "" : `: ${reason}`),
            height === null ? "none yet" : String(height),
            purpose ?? "",
            address ?? "",
            style.dim(outpoint),
          ]),
          style,
        ),
});
