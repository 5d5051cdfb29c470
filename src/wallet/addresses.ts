/** The public half of a wallet: which scripts are its own. Needs no passphrase. */
import { type Address, addressOf, type ScriptHex } from "../bitcoin/address.ts";
import type { BitcoinParameters } from "../bitcoin/parameters.ts";
import { BskError } from "../errors.ts";
import { fromHex, toHex } from "../primitives/bytes.ts";
import { accountKeys, importPublicKey, type KeyPath, type KeyTree, type Purpose, PURPOSES } from "./derivation.ts";
import { p2pkhScript } from "./script.ts";

/** Everything that can be known of a wallet's keys without its secret. Public keys are compressed, in hex. */
export interface PublicKeys {
  /** Gives all payment and change keys. */
  readonly accountXpub: string;
  /** Owner keys by index: hardened, so they are derived ahead while the seed is open. */
  readonly owner: readonly string[];
  /** Reveal keys by index, likewise. */
  readonly reveal: readonly string[];
}

/** How many keys of each purpose were handed out: indexes below are in use. */
export type UsedCounts = Readonly<Record<Purpose, number>>;

export const NOTHING_USED: UsedCounts = { payment: 0, change: 0, owner: 0, reveal: 0 };

/** Hardened keys that are derived ahead, beyond those in use. */
export const KEYS_AHEAD = { owner: 100, reveal: 10 } as const;

/** Addresses beyond the last one used that are still looked at (BIP 44 asks for 20). */
export const GAP_LIMIT = 20;

/** Public keys with `KEYS_AHEAD` spare ones beyond those in use; keeps what is already derived. */
export function derivePublicKeys(tree: KeyTree, used: UsedCounts, known?: PublicKeys): PublicKeys {
  const ahead = (purpose: "owner" | "reveal"): readonly string[] =>
    Array.from(
      { length: used[purpose] + KEYS_AHEAD[purpose] },
      (_, index) => known?.[purpose][index] ?? toHex(tree.publicKey({ purpose, index })),
    );
  return { accountXpub: tree.accountXpub, owner: ahead("owner"), reveal: ahead("reveal") };
}

/** Should the keys that are derived ahead be topped up, next time that the seed is open? */
export function runsLow(keys: PublicKeys, used: UsedCounts): boolean {
  return (["owner", "reveal"] as const).some((of) => keys[of].length - used[of] < KEYS_AHEAD[of] / 2);
}

/** Reads compressed public keys by path; throws BskError (wallet) for a hardened index that is not derived yet. */
function publicKeyReader(keys: PublicKeys): (path: KeyPath) => Uint8Array {
  const account = accountKeys(keys.accountXpub);
  return ({ purpose, index }) => {
    if (purpose === "payment" || purpose === "change") return account(purpose, index);
    const key = keys[purpose][index];
    if (key !== undefined) return fromHex(key);
    throw new BskError("wallet", `${purpose} key ${index} is not derived yet`, {
      hint: "a command that asks for the passphrase derives more keys",
    });
  };
}

/** The compressed public key of a path. @throws BskError (wallet) for a hardened index that is not derived yet. */
export function publicKeyAt(keys: PublicKeys, path: KeyPath): Uint8Array {
  return publicKeyReader(keys)(path);
}

/** The p2pkh script of a path. */
export function scriptAt(keys: PublicKeys, path: KeyPath): ScriptHex {
  return p2pkhScript(publicKeyAt(keys, path));
}

/** The p2pkh address of a path on a chain. */
export function addressAt(keys: PublicKeys, path: KeyPath, on: BitcoinParameters): Address {
  return p2pkhAddressOf(scriptAt(keys, path), on);
}

/** Addresses that may import into the namespace of reveal key `index`: the key's own, then its children (spec 02 §6.3). */
export function importAddresses(keys: PublicKeys, index: number, ringSize: number, on: BitcoinParameters): Address[] {
  const revealer = publicKeyAt(keys, { purpose: "reveal", index });
  const children = Array.from({ length: ringSize }, (_, child) => importPublicKey(revealer, child));
  return [revealer, ...children].map((key) => p2pkhAddressOf(p2pkhScript(key), on));
}

function p2pkhAddressOf(script: ScriptHex, on: BitcoinParameters): Address {
  const address = addressOf(script, on);
  if (address === null) throw new Error("a p2pkh script has an address");
  return address;
}

/** One script of a wallet. */
export interface OwnScript {
  readonly script: ScriptHex;
  readonly path: KeyPath;
  readonly used: boolean;
}

/** All scripts of a wallet that can hold coins: those in use, and `gap` beyond them for each purpose. */
export function ownScripts(keys: PublicKeys, used: UsedCounts, gap: number = GAP_LIMIT): readonly OwnScript[] {
  const publicKey = publicKeyReader(keys);
  return PURPOSES.flatMap((purpose) => {
    const known = purpose === "owner" || purpose === "reveal" ? keys[purpose].length : Infinity;
    return Array.from({ length: Math.min(used[purpose] + gap, known) }, (_, index) => {
      const path = { purpose, index };
      return { path, script: p2pkhScript(publicKey(path)), used: index < used[purpose] };
    });
  });
}

/** Counts that cover all these paths: what a scan at restore found in use. */
export function usedCounts(found: readonly KeyPath[]): UsedCounts {
  const counts: Record<Purpose, number> = { ...NOTHING_USED };
  for (const { purpose, index } of found) counts[purpose] = Math.max(counts[purpose], index + 1);
  return counts;
}

/** Scripts whose coins are never fee money: owners of names, and revealers of namespaces. */
export function keptScripts(scripts: readonly OwnScript[]): ReadonlySet<ScriptHex> {
  return new Set(
    scripts.filter(({ path }) => path.purpose === "owner" || path.purpose === "reveal").map(({ script }) => script),
  );
}
