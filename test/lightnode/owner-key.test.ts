/** A key is shown only where it hashes to the owner's address, whoever gave it. */
import { describe, expect, test } from "vitest";
import { type Address, p2pkhAddress, p2shAddress, scriptOf } from "../../src/bitcoin/address.ts";
import { serializeTransaction } from "../../src/bitcoin/transaction.ts";
import { logSource } from "../../src/lightnode/log-source.ts";
import { ownerKey } from "../../src/lightnode/owner-key.ts";
import { concat, fromHex, toHex } from "../../src/primitives/bytes.ts";
import { hash160 } from "../../src/primitives/digest.ts";
import type { Txid } from "../../src/primitives/hash.ts";
import { name } from "../../src/primitives/name.ts";
import { REGTEST } from "../support/fake-node.ts";
import { logOf, pinned, readyNamespace, registered, registration, transfer, update } from "../support/named-log.ts";

const { bitcoin } = REGTEST;
const KEY = `02${"11".repeat(32)}`;
const STRANGE = `03${"22".repeat(32)}`;
const owner = p2pkhAddress(hash160(fromHex(KEY)), bitcoin);
const other = p2pkhAddress(hash160(fromHex(STRANGE)), bitcoin);

const sourceOf = (blocks: Readonly<Record<number, readonly string[]>>) =>
  logSource(pinned(logOf({ 2: [readyNamespace(2)], ...blocks }, 10)), REGTEST);
const keyOf = (
  source: ReturnType<typeof sourceOf>,
  address: Address = owner,
  give: ((txid: Txid) => Uint8Array | null) | null = null,
) =>
  ownerKey(
    name("alice.test"),
    address,
    source,
    give === null ? null : { rawTransaction: (txid) => Promise.resolve(give(txid)) },
    bitcoin,
  );

const owned = (senderPubkey: string | null, by = owner) =>
  registered("alice.test", 3, { address: by, sender: scriptOf(by, bitcoin), senderPubkey });

/** A transaction whose first input shows a key. */
function spending(key: string): Uint8Array {
  const push = (bytes: Uint8Array) => concat(Uint8Array.of(bytes.length), bytes);
  const scriptSig = concat(push(new Uint8Array(71).fill(0x30)), push(fromHex(key)));
  return serializeTransaction({
    version: 1,
    inputs: [{ previousTxid: new Uint8Array(32), previousIndex: 0, scriptSig, sequence: 0xffff_ffff }],
    outputs: [],
    lockTime: 0,
  });
}

describe("the key of a p2pkh owner", () => {
  test("is in a record where the owner paid the preorder", async () => {
    expect(await keyOf(sourceOf({ 3: [registration(owned(KEY))] }))).toEqual({
      kind: "key",
      publicKey: KEY,
      from: "record",
    });
  });

  test("may be in the record of another of the owner's names", async () => {
    const second = registered("second.test", 4, {
      address: owner,
      sender: scriptOf(owner, bitcoin),
      senderPubkey: KEY,
    });
    const source = sourceOf({ 3: [registration(owned(null))], 4: [registration(second)] });
    expect(await keyOf(source)).toMatchObject({ publicKey: KEY });
  });

  test("is not the preorderer's, nor an earlier owner's, though the record carries it", async () => {
    expect(await keyOf(sourceOf({ 3: [registration(owned(STRANGE))] }))).toEqual({ kind: "not-seen" });
    const given = sourceOf({ 3: [registration(owned(STRANGE, other))], 5: [transfer(owned(STRANGE, other), owner)] });
    expect(await keyOf(given)).toEqual({ kind: "not-seen" });
  });

  test("is in what the owner signed; a transaction with another key, or none at all, shows nothing", async () => {
    const source = sourceOf({ 3: [registration(owned(null))], 5: [update(owned(null), "text\n")] });
    const asked: Txid[] = [];
    const key = await keyOf(source, owner, (txid) => {
      asked.push(txid);
      return spending(KEY);
    });
    expect(key).toEqual({ kind: "key", publicKey: KEY, from: "transaction" });
    // The registration was the preorderer's to sign; the update the owner's.
    const history = await source.history(name("alice.test"));
    expect(asked).toEqual([history[1]?.txid]);
    const giving = (bytes: Uint8Array | null) => keyOf(source, owner, () => bytes);
    for (const bytes of [spending(STRANGE), null, new Uint8Array(), fromHex("00ff")]) {
      expect(await giving(bytes)).toEqual({ kind: "not-seen" });
    }
  });
});

test("a script is owned by no single key", async () => {
  const script = p2shAddress(hash160(fromHex(toHex(Uint8Array.of(1, 2)))), bitcoin);
  const source = sourceOf({ 3: [registration(owned(KEY, script))] });
  expect(await keyOf(source, script)).toEqual({ kind: "script" });
});
