import { command } from "../cli/command.ts";
import { card } from "../cli/layout.ts";
import { arg } from "../cli/parameter.ts";
import type { Ports } from "../cli/ports.ts";
import { shownStanding, standingPairs } from "../cli/standing.ts";
import { nodesOption, termsOf, termsOptions } from "../cli/terms.ts";
import type { CoinSource } from "../chain/source.ts";
import { livingRecord } from "../lightnode/name-source.ts";
import { type OwnerKey, ownerKey } from "../lightnode/owner-key.ts";
import { sourceWithin } from "../lightnode/terms.ts";
import { TRUST_LEVELS } from "../lightnode/trust-level.ts";
import { name } from "../primitives/name.ts";

/** Transactions of the owner, where the settings name somebody who has them. */
async function transactions({ config, coins }: Ports, offline: boolean): Promise<CoinSource | null> {
  const named = config.get("bitcoind.url") !== undefined || config.get("esplora.url") !== undefined;
  return named && !offline ? coins() : null;
}

const NO_KEY: Readonly<Record<Exclude<OwnerKey["kind"], "key">, string>> = {
  script: "none: the owner is a script, not one key",
  "not-seen": "not known: nothing that was looked at shows it",
};

export const keyCommand = command({
  path: "key",
  summary: "Show the owner's address and public key of a name, checked",
  description: [
    "The address is checked as far as bsk resolve checks a name. It is the hash of the owner's public key, so a key that hashes to it is the right one, whoever gave it: no other is shown.",
    "Keys are looked for in the records of the owner's names, and in the owner's operations where the settings name a Bitcoin node or an Esplora server (bitcoind.url, esplora.url). An owner who never spent a coin of the address has shown the key to nobody: then there is none to be found. A multisig address is the hash of a script, and has no single key.",
    "The exit code is 0 with and without a key; scripts read publicKey.",
  ],
  examples: [{ text: "Whom a signature has to come from", command: "bsk key alice.test --json" }],
  options: { name: arg(name, "the name, such as alice.test"), nodes: nodesOption, ...termsOptions(TRUST_LEVELS) },
  run: async ({ name, ...options }, ports) => {
    const { bitcoin } = await ports.network();
    const source = await sourceWithin(await ports.ways(options), termsOf(options, ports.clock), name);
    const { address, inGrace } = await livingRecord(name, source);
    const found = await ownerKey(name, address, source, await transactions(ports, options.offline), bitcoin);
    return {
      name,
      address,
      publicKey: found.kind === "key" ? found.publicKey : null,
      shownBy: found.kind === "key" ? found.from : null,
      noKey: found.kind === "key" ? null : found.kind,
      inGrace,
      ...shownStanding(source.standing),
    };
  },
  text: ({ name, address, publicKey, noKey, inGrace, ...standing }, style) =>
    card(
      [
        ["name", style.name(name)],
        ["owner", address],
        ["public key", noKey === null ? publicKey : style.warn(NO_KEY[noKey])],
        ["grace", inGrace ? style.warn("expired: only its owner can still renew it") : null],
        ...standingPairs(standing, style),
      ],
      style,
    ),
});
