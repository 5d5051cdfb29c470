import { expect, test } from "vitest";
import type { Address, ScriptHex } from "../../src/bitcoin/address.ts";
import { preorderHashOf } from "../../src/ops/preorder-hash.ts";
import { name, type Name, type NamespaceId } from "../../src/primitives/name.ts";
import { rowsOf } from "../support/vectors.ts";

type Row = [of: Name & NamespaceId, script: ScriptHex, owner: Address, hash: string];

for (const mode of ["test", "mainnet"] as const) {
  for (const table of ["hash_name", "namespace_preorder_hash"]) {
    test.each(rowsOf(mode, table) as Row[])(`${mode} ${table}: %s by %s for %s`, (of, script, owner, hash) => {
      expect(preorderHashOf(of, script, owner)).toBe(hash);
    });
  }
}

test("a preorder of mainnet, block 445838, index 40", () => {
  const script = "76a91408d0dd44c1f0a3a4f0957ae95901929d7d66d55788ac" as ScriptHex;
  const owner = "17CbHgTgBG3kLedXNneEKBkCTgW2fyrnUD" as Address;
  const hash = "26bf7874706ac761afdd403ed6b3b9578fb01a34";
  expect(preorderHashOf(name("patrickstanley.id"), script, owner)).toBe(hash);
  expect(preorderHashOf(name("patrickstanley2.id"), script, owner)).not.toBe(hash);
});
