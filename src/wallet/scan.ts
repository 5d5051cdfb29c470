/** Finds out which keys of a phrase are in use, by their coins and names. */
import { type Address, addressOf, type ScriptHex } from "../bitcoin/address.ts";
import type { BitcoinParameters } from "../bitcoin/parameters.ts";
import type { Name } from "../primitives/name.ts";
import { type Satoshi, satoshi } from "../primitives/units.ts";
import { derivePublicKeys, KEYS_AHEAD, NOTHING_USED, ownScripts, type UsedCounts, usedCounts } from "./addresses.ts";
import type { Coin } from "./coins.ts";
import { keyTree, type KeyPath, pathText } from "./derivation.ts";
import { historicKeys } from "./historic.ts";
import { type Mnemonic, seedOf } from "./mnemonic.ts";

/** Who is asked. */
export interface ScanSources {
  readonly coins: (scripts: readonly ScriptHex[]) => Promise<readonly Coin[]>;
  /** Null where no node can be asked. */
  readonly namesOf: ((owner: Address) => Promise<readonly Name[]>) | null;
  /** Told before each round. */
  readonly progress: (addresses: number) => void;
}

/** One key that holds something. */
export interface FoundKey {
  readonly address: Address;
  /** "m/888'/0'/3'" */
  readonly path: string;
  readonly coins: number;
  /** Sum of its coins. */
  readonly value: Satoshi;
  readonly names: readonly Name[];
}

export interface Scan {
  /** What the wallet must count as used. */
  readonly used: UsedCounts;
  readonly found: readonly FoundKey[];
  /** What lies on keys that this wallet does not spend from. */
  readonly elsewhere: readonly FoundKey[];
  /** How many addresses were looked at. */
  readonly addresses: number;
}

/** Owner keys that the original looked through (spec 08 §1: "-M, default 256"). */
const OWNERS = 256;
/** Questions about names that are open at once. */
const AT_ONCE = 8;

/**
 * Looks at every path, and further wherever something was found near the end of what was looked at. A key whose coins
 * are all spent and which owns no name looks unused: coin sources know no spent outputs.
 */
export async function scanPhrase(mnemonic: Mnemonic, on: BitcoinParameters, sources: ScanSources): Promise<Scan> {
  const tree = keyTree(seedOf(mnemonic));
  const looked = new Set<ScriptHex>();
  const found: { readonly key: FoundKey; readonly place: { readonly at: KeyPath } }[] = [];
  let used: UsedCounts = NOTHING_USED;
  for (;;) {
    const ahead = { ...used, owner: Math.max(used.owner, OWNERS - KEYS_AHEAD.owner) };
    const keys = derivePublicKeys(tree, ahead);
    const owners = ownScripts(keys, used, OWNERS).filter(({ path }) => path.purpose === "owner");
    const others = ownScripts(keys, used).filter(({ path }) => path.purpose !== "owner");
    const fresh = [...owners, ...others].filter(({ script }) => !looked.has(script));
    if (fresh.length === 0) break;
    for (const { script } of fresh) looked.add(script);
    sources.progress(looked.size);
    const places = fresh.map(({ script, path }) => ({ script, where: pathText(path), at: path }));
    found.push(...(await lookAt(places, on, sources)));
    used = usedCounts(found.map(({ place }) => place.at));
  }
  const historic = historicKeys(mnemonic, OWNERS);
  const elsewhere = await lookAt(historic, on, sources);
  return {
    used,
    found: found.map(({ key }) => key),
    elsewhere: elsewhere.map(({ key }) => key),
    addresses: looked.size + historic.length,
  };
}

interface Place {
  readonly script: ScriptHex;
  readonly where: string;
}

/** Those of the places that hold a coin or own a name. */
async function lookAt<P extends Place>(
  places: readonly P[],
  on: BitcoinParameters,
  { coins, namesOf }: ScanSources,
): Promise<{ readonly place: P; readonly key: FoundKey }[]> {
  const all = await coins(places.map(({ script }) => script));
  const look = async (place: P): Promise<{ readonly place: P; readonly key: FoundKey }[]> => {
    const address = addressOf(place.script, on);
    if (address === null) return [];
    const own = all.filter(({ script }) => script === place.script);
    const names = namesOf === null ? [] : await namesOf(address);
    if (own.length === 0 && names.length === 0) return [];
    const value = satoshi(own.reduce((sum, coin) => sum + coin.value, 0n));
    return [{ place, key: { address, path: place.where, coins: own.length, value, names } }];
  };
  const found = [];
  for (let start = 0; start < places.length; start += AT_ONCE) {
    found.push(...(await Promise.all(places.slice(start, start + AT_ONCE).map(look))).flat());
  }
  return found;
}
