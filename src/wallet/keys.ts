/** What signs: keys and the scripts they can spend. Single keys for now; a multisig key is another `kind`. */
import { initEccLib } from "bitcoinjs-lib";
import { ECPairFactory } from "ecpair";
import type { ScriptHex } from "../bitcoin/address.ts";
import { type Curve, curve } from "./curve.ts";
import { nestedSegwitScript, p2pkhScript } from "./script.ts";

/** What bitcoinjs-lib's Psbt signs with. */
export interface KeyPair {
  readonly publicKey: Uint8Array;
  sign(hash: Uint8Array): Uint8Array;
}

type PairFactory = (over: Curve) => {
  fromPrivateKey(secret: Uint8Array, options: { compressed: boolean }): KeyPair;
};

initEccLib(curve);
// ecpair's own declarations do not resolve in an ESM project, so what we use of it is declared here.
const pairs = (ECPairFactory as unknown as PairFactory)(curve);

/** One private key. */
export interface SpendingKey {
  readonly kind: "single";
  readonly pair: KeyPair;
}

/** The compressed key of 32 secret bytes. @throws Error on bytes that are no private key (they come from a seed). */
export function singleKey(privateKey: Uint8Array): SpendingKey {
  return { kind: "single", pair: pairs.fromPrivateKey(privateKey, { compressed: true }) };
}

/** Finds the key of a script, undefined where the wallet has none. */
export type KeyFinder = (script: ScriptHex) => SpendingKey | undefined;

/** A finder over a few keys: each spends its p2pkh script and its p2sh-p2wpkh script. */
export function keyFinder(keys: readonly SpendingKey[]): KeyFinder {
  const byScript = new Map<ScriptHex, SpendingKey>();
  for (const key of keys) {
    byScript.set(p2pkhScript(key.pair.publicKey), key);
    byScript.set(nestedSegwitScript(key.pair.publicKey), key);
  }
  return (script) => byScript.get(script);
}
