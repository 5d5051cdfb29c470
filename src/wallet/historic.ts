/**
 * Keys that wallets of the original made from the same phrase and this one does not use: a restore looks there too, so
 * that nothing is thought lost (spec 08 §1, §10).
 */
import { HDKey } from "@scure/bip32";
import type { ScriptHex } from "../bitcoin/address.ts";
import { curve } from "./curve.ts";
import { keyTree, pathText } from "./derivation.ts";
import { type Mnemonic, seedOf } from "./mnemonic.ts";
import { p2pkhScript } from "./script.ts";

export interface HistoricKey {
  readonly script: ScriptHex;
  /** Path, and the form of the key where it is not the usual one: "m/888'/0'/0' uncompressed". */
  readonly where: string;
}

/** The payment key of the Stacks wallet (24 words). */
const STACKS_PATH = "m/44'/5757'/0'/0/0";

/** Owner keys in the uncompressed form of the first browser releases, so many of them, and the Stacks wallet's key. */
export function historicKeys(mnemonic: Mnemonic, owners: number): readonly HistoricKey[] {
  const seed = seedOf(mnemonic);
  const tree = keyTree(seed);
  const uncompressed = Array.from({ length: owners }, (_, index): HistoricKey => {
    const path = { purpose: "owner", index } as const;
    const publicKey = curve.pointCompress(tree.publicKey(path), false);
    return { script: p2pkhScript(publicKey), where: `${pathText(path)} uncompressed` };
  });
  const { publicKey } = HDKey.fromMasterSeed(seed).derive(STACKS_PATH);
  return publicKey === null ? uncompressed : [...uncompressed, { script: p2pkhScript(publicKey), where: STACKS_PATH }];
}
