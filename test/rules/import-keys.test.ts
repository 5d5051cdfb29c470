import { describe, expect, test } from "vitest";
import { p2pkhAddress } from "../../src/bitcoin/address.ts";
import { fromHex } from "../../src/primitives/bytes.ts";
import { hash160 } from "../../src/primitives/digest.ts";
import { MAINNET, networkOf, newNetworkDefinition } from "../../src/protocol/network-definition.ts";
import { importKeyRing } from "../../src/rules/import-keys.ts";
import { rowsOf } from "../support/vectors.ts";

describe.each([
  ["test", networkOf(newNetworkDefinition("regtest", "regtest", 1, "id"))],
  ["mainnet", networkOf(MAINNET)],
] as const)("import keys of %s", (mode, network) => {
  test.each(rowsOf(mode, "import_keychain") as [string, string[]][])("of %s", (key, children) => {
    const revealer = p2pkhAddress(hash160(fromHex(key)), network.bitcoin);
    const [own, ...ring] = importKeyRing(key, revealer, network);
    expect(own).toBe(revealer);
    expect(ring.length).toBe(network.importKeyringSize);
    const both = Math.min(ring.length, children.length);
    expect(ring.slice(0, both)).toEqual(children.slice(0, both));
  });
});
