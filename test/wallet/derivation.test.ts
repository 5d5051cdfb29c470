import { HDKey } from "@scure/bip32";
import { describe, expect, test } from "vitest";
import { addressOf } from "../../src/bitcoin/address.ts";
import { BITCOIN_CHAINS } from "../../src/bitcoin/parameters.ts";
import { fromHex, toHex } from "../../src/primitives/bytes.ts";
import {
  addressAt,
  derivePublicKeys,
  importAddresses,
  keptScripts,
  NOTHING_USED,
  ownScripts,
  publicKeyAt,
  scriptAt,
  usedCounts,
} from "../../src/wallet/addresses.ts";
import {
  importPrivateKey,
  importPublicKey,
  type KeyPath,
  keyTree,
  pathText,
  PURPOSES,
} from "../../src/wallet/derivation.ts";
import { keyFinder, singleKey } from "../../src/wallet/keys.ts";
import { parseMnemonic, seedOf } from "../../src/wallet/mnemonic.ts";
import { nestedSegwitScript, p2pkhScript } from "../../src/wallet/script.ts";
import { sha256 } from "../../src/primitives/digest.ts";
import { curve } from "../../src/wallet/curve.ts";

const { bitcoin, regtest } = BITCOIN_CHAINS;
const tree = keyTree(seedOf(parseMnemonic(`${"abandon ".repeat(11)}about`)));
const keys = derivePublicKeys(tree, NOTHING_USED);

// Produced by the original library (npm blockstack 21.1.1) from this phrase: spec 08 §1.
const KNOWN: readonly [KeyPath, string, string | null, string][] = [
  [{ purpose: "owner", index: 0 }, "m/888'/0'/0'", "6dad38fa92add38d913bdfb2e646ef4ce2a50a2f39853f848a792835626a5690", "1NBsnVpx9SVD88MxC7tPUE6xxuWt1wigyL"],
  [{ purpose: "owner", index: 1 }, "m/888'/0'/1'", null, "19Zr9EqFt9eT4mNBwMsxa8sF5UFWe9C6Ya"],
  [{ purpose: "payment", index: 0 }, "m/44'/0'/0'/0/0", "e284129cc0922579a535bbf4d1a3b25773090d28c909bc0fed73b5e0222cc372", "1LqBGSKuX5yYUonjxT5qGfpUsXKYYWeabA"],
  [{ purpose: "payment", index: 1 }, "m/44'/0'/0'/0/1", null, "1Ak8PffB2meyfYnbXZR9EGfLfFZVpzJvQP"],
]; // prettier-ignore

describe("derivation", () => {
  test.each(KNOWN)("%o is at %s", (path, text, privateKey, address) => {
    expect(pathText(path)).toBe(text);
    if (privateKey !== null) expect(toHex(tree.privateKey(path))).toBe(privateKey);
    expect(addressAt(keys, path, bitcoin)).toBe(address);
    expect(addressAt(keys, path, regtest)).not.toBe(address);
  });

  test("public keys need no seed and equal those of the seed", () => {
    for (const purpose of PURPOSES) {
      for (const index of [0, 1, 7]) {
        expect(toHex(publicKeyAt(keys, { purpose, index }))).toBe(toHex(tree.publicKey({ purpose, index })));
      }
    }
  });

  test("a hardened key that is not derived yet is an error, not another key", () => {
    expect(() => publicKeyAt(keys, { purpose: "owner", index: 100 })).toThrow(/not derived yet/u);
  });

  test("no two paths share a script; owners and revealers are kept from paying fees", () => {
    const scripts = ownScripts(keys, { ...NOTHING_USED, payment: 3, owner: 95 });
    expect(new Set(scripts.map(({ script }) => script)).size).toBe(scripts.length);
    expect(scripts.filter(({ used }) => used)).toHaveLength(98);
    const kept = keptScripts(scripts);
    expect(kept.has(scriptAt(keys, { purpose: "owner", index: 0 }))).toBe(true);
    expect(kept.has(scriptAt(keys, { purpose: "reveal", index: 0 }))).toBe(true);
    expect(kept.has(scriptAt(keys, { purpose: "payment", index: 0 }))).toBe(false);
    expect(kept.has(scriptAt(keys, { purpose: "change", index: 0 }))).toBe(false);
  });

  test("counts cover what a scan found", () => {
    expect(usedCounts([])).toEqual(NOTHING_USED);
    const found = [{ purpose: "owner", index: 3 } as const, { purpose: "change", index: 0 } as const];
    expect(usedCounts([...found, { purpose: "owner", index: 1 }])).toEqual({
      payment: 0,
      change: 1,
      owner: 4,
      reveal: 0,
    });
  });

  // From the unit tests of the keychain package that the original used (spec 02 §6.3).
  test("import keys are children of a node with a zero chain code", () => {
    const publicKey = fromHex("032532502314356f83068bdbd283c86398d9ffd1308192474e6d3d6156eaf3d67f");
    const child = new HDKey({ publicKey, chainCode: new Uint8Array(32) }).deriveChild(0);
    expect(toHex(child.chainCode ?? new Uint8Array())).toBe(
      "79314e141bbc5afe3b8896d4d84028e8c3d69f4b1c04a609e625ad7aef634221",
    );
    expect(importPublicKey(publicKey, 0)).toEqual(child.publicKey);
  });

  test("import keys: the private and the public side give the same children", () => {
    const revealer = tree.privateKey({ purpose: "reveal", index: 0 });
    const publicKey = tree.publicKey({ purpose: "reveal", index: 0 });
    for (const index of [0, 1, 299]) {
      const child = singleKey(importPrivateKey(revealer, index)).pair.publicKey;
      expect(toHex(child)).toBe(toHex(importPublicKey(publicKey, index)));
    }
    const addresses = importAddresses(keys, 0, 5, regtest);
    expect(addresses).toHaveLength(6);
    expect(addresses[0]).toBe(addressAt(keys, { purpose: "reveal", index: 0 }, regtest));
    expect(addresses[3]).toBe(addressOf(p2pkhScript(importPublicKey(publicKey, 2)), regtest));
    expect(new Set(addresses).size).toBe(6);
  });
});

describe("keys", () => {
  test("a key spends its p2pkh and its nested segwit script, no other", () => {
    const key = singleKey(tree.privateKey({ purpose: "payment", index: 0 }));
    const find = keyFinder([key]);
    const publicKey = tree.publicKey({ purpose: "payment", index: 0 });
    expect(find(p2pkhScript(publicKey))).toBe(key);
    expect(find(nestedSegwitScript(publicKey))).toBe(key);
    expect(find(p2pkhScript(tree.publicKey({ purpose: "payment", index: 1 })))).toBeUndefined();
    // Spec 08 §3: "segwit:p2sh:1,K1" of the original.
    expect(addressOf(nestedSegwitScript(publicKey), bitcoin)).toBe("3HkzTaFbEMWeJPLyNCNhPyGfZsVLDwdD3G");
  });

  // Known RFC 6979 vector on secp256k1: key 1, SHA256("Satoshi Nakamoto") (bitcointalk, topic 285142).
  test("signatures are deterministic and low", () => {
    const one = fromHex("01".padStart(64, "0"));
    const hash = sha256(new TextEncoder().encode("Satoshi Nakamoto"));
    const signature = singleKey(one).pair.sign(hash);
    expect(toHex(signature)).toBe(
      "934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d82442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5",
    );
    const publicKey = singleKey(one).pair.publicKey;
    expect(curve.verify(hash, publicKey, signature)).toBe(true);
    expect(curve.verify(sha256(hash), publicKey, signature)).toBe(false);
  });
});
