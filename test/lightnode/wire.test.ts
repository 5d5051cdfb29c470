import { describe, expect, test } from "vitest";
import { ParseError } from "../../src/errors.ts";
import {
  readHistory,
  readName,
  readNamePrice,
  readNames,
  readNamespace,
  readNameStatus,
  readRefusal,
  readTransaction,
} from "../../src/lightnode/wire.ts";
import { readInfo } from "../../src/lightnode/wire-info.ts";
import { OWNER, REGTEST } from "../support/fake-node.ts";

const { bitcoin } = REGTEST;
const TXID = "ab".repeat(32);

const info = {
  version: "0.1.0",
  network: { id: REGTEST.id, name: "regtest", firstBlock: 1 },
  tip: { height: 7, hash: "11".repeat(32), consensusHash: "22".repeat(16), time: 1_700_000_000 },
  indexing: false,
  source: { description: "bitcoind", height: 7, trouble: null },
};
const record = {
  name: "alice.test",
  namespace_id: "test",
  address: OWNER,
  sender: `76a914${"00".repeat(20)}88ac`,
  value_hash: null,
  revoked: false,
  expired: false,
  grace_period: false,
  expire_block: -1,
  renewal_deadline: 900,
  block_number: 3,
  preorder_block_number: 4,
  first_registered: 5,
  last_renewed: 6,
  importer_address: null,
  opcode: "NAME_REGISTRATION",
  txid: TXID,
  something_new: 1,
};
const state = {
  status: "revoked",
  address: OWNER,
  zonefile_hash: "cd".repeat(20),
  last_txid: TXID,
  expire_block: 800,
  renewal_deadline: -1,
  grace_period: true,
};
const namespace = {
  namespace_id: "test",
  ready: false,
  address: OWNER,
  recipient_address: OWNER,
  block_number: 2,
  reveal_block: 3,
  ready_block: 0,
  version: 1,
  lifetime: 4_294_967_295,
  coeff: 4,
  base: 4,
  buckets: Array<number>(16).fill(1),
  nonalpha_discount: 2,
  no_vowel_discount: 5,
  opcode: "NAMESPACE_REVEAL",
  txid: TXID,
};
const entry = { opcode: "NAME_UPDATE", txid: TXID, vtxindex: 1, address: OWNER, value_hash: "cd".repeat(20) };

describe("answers become domain values", () => {
  test("the node and its last block", () => {
    const read = readInfo(info);
    expect(read.networkId).toBe(REGTEST.id);
    expect(read.tip?.time.toISOString()).toBe("2023-11-14T22:13:20.000Z");
    expect(readInfo({ ...info, tip: null }).tip).toBeNull();
  });
  test("a name: -1 is never, and unknown fields do not matter", () => {
    expect(readName(record, "alice.test", bitcoin)).toMatchObject({
      expires: null,
      renewalDeadline: 900,
      registered: 5,
      lastOperation: { opcode: "NAME_REGISTRATION", txid: TXID },
    });
    expect(readNameStatus(state, bitcoin)).toMatchObject({ kind: "revoked", inGrace: true, expires: 800 });
  });
  test("a namespace that is not open has no opening height", () => {
    expect(readNamespace(namespace, "test", bitcoin)).toMatchObject({ ready: false, opened: null, revealed: 3 });
    const opened = { ...namespace, ready: true, ready_block: 9 };
    expect(readNamespace(opened, "test", bitcoin).opened).toBe(9);
  });
  test("a history is flat, with heights", () => {
    expect(readHistory({ "12": [entry, entry], "14": [entry] }, bitcoin).map(({ height }) => height)).toEqual([
      12, 12, 14,
    ]);
  });
  test("names below names are left out", () => {
    expect(readNames({ names: ["alice.test", "sub.alice.test"] })).toEqual({ names: ["alice.test"], rows: 2 });
  });
  test("prices in tokens are no prices here", () => {
    expect(readNamePrice({ name_price: { amount: "40000", units: "BTC" } })).toMatchObject({ satoshis: 40_000n });
    expect(readNamePrice({ name_price: { amount: "40000", units: "STACKS" } }).kind).toBe("no-price");
  });
  test("what a node says to people comes on one line, without escape codes", () => {
    expect(readRefusal({ error: "no\n\u001b[31mred" })).toBe("no  [31mred");
    expect(readRefusal([1])).toBe("");
  });
});

describe("a hostile answer is refused", () => {
  const wrong: readonly [string, () => unknown][] = [
    ["no object", () => readInfo("<html>")],
    ["null", () => readInfo(null)],
    ["a height that is no integer", () => readInfo({ ...info, tip: { ...info.tip, height: 1.5 } })],
    ["a short consensus hash", () => readInfo({ ...info, tip: { ...info.tip, consensusHash: "22" } })],
    ["another name's record", () => readName({ ...record, name: "mallory.test" }, "alice.test", bitcoin)],
    [
      "an address of another chain",
      () => readNameStatus({ ...state, address: "1111111111111111111114oLvT2" }, bitcoin),
    ],
    ["a hash in capitals", () => readNameStatus({ ...state, zonefile_hash: "CD".repeat(20) }, bitcoin)],
    ["a height of -2", () => readNameStatus({ ...state, expire_block: -2 }, bitcoin)],
    ["another namespace", () => readNamespace({ ...namespace, namespace_id: "id" }, "test", bitcoin)],
    ["17 buckets", () => readNamespace({ ...namespace, buckets: Array<number>(17).fill(1) }, "test", bitcoin)],
    ["a history by no height", () => readHistory({ "1e3": [entry] }, bitcoin)],
    ["an endless block", () => readHistory({ "1": Array<unknown>(10_001).fill(entry) }, bitcoin)],
    ["a negative price", () => readNamePrice({ name_price: { amount: "-1", units: "BTC" } })],
    ["all bitcoin and more", () => readNamePrice({ name_price: { amount: "9999999999999999", units: "BTC" } })],
    ["a status of its own", () => readTransaction({ lastblock: 1, tx: { status: "maybe" } })],
  ];
  test.each(wrong)("%s", (_what, reading) => {
    expect(reading).toThrow(ParseError);
  });
});
