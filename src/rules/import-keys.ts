/** Who may import names into a namespace: the revealer and the children of its public key (spec 02 §6.3). */
import { HDKey } from "@scure/bip32";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { type Address, p2pkhAddress } from "../bitcoin/address.ts";
import { hash160 } from "../primitives/digest.ts";
import type { Network } from "../protocol/network-definition.ts";

const CHAIN_CODE_SIZE = 32;

/**
 * The revealer's own address, then those of its first children: BIP 32 public derivation from the key with 32 zero
 * bytes as chain code. Costs one curve operation per child. Original: `namedb.py`, build_import_keychain.
 * @throws Error on bytes that are no public key.
 */
export function importKeyRing(publicKey: string, revealer: Address, network: Network): Address[] {
  const compressed = secp256k1.Point.fromHex(publicKey).toBytes(true);
  const parent = new HDKey({ publicKey: compressed, chainCode: new Uint8Array(CHAIN_CODE_SIZE) });
  const children = Array.from({ length: network.importKeyringSize }, (_, index) => {
    const key = parent.deriveChild(index).publicKey;
    if (key === null) throw new Error("a public key derived from a public key is there");
    return p2pkhAddress(hash160(key), network.bitcoin);
  });
  return [revealer, ...children];
}
