/** What a transaction must look like to be an operation (spec 01 §2, §5), each demand with its breach. */
import { describe, expect, test } from "vitest";
import { addressOf, type ScriptHex, scriptHex } from "../../src/bitcoin/address.ts";
import { BITCOIN_CHAINS } from "../../src/bitcoin/parameters.ts";
import { extractOperation } from "../../src/ops/extract.ts";
import { OPCODES } from "../../src/ops/opcode.ts";
import type { Payload } from "../../src/ops/operation.ts";
import { decodePayload, encodePayload, splitNulldata } from "../../src/ops/payload.ts";
import { concat, fromHex, fromLatin1 } from "../../src/primitives/bytes.ts";
import { hash160 } from "../../src/primitives/digest.ts";
import type { ConsensusHash, NameHash, PreorderHash, UpdateHash, ZonefileHash } from "../../src/primitives/hash.ts";
import { txid } from "../../src/primitives/hash.ts";
import type { Name, NamespaceId } from "../../src/primitives/name.ts";
import { spending } from "../support/raw-block.ts";
import { readVectors } from "../support/vectors.ts";

const ON = BITCOIN_CHAINS.regtest;
const FORMS = { registrationZonefile: true };
const KEY = fromHex("027592aab5d43618dda13fba71e3993cd7517a712d3da49664c06ee1bd3d1f70af");
const p2pkh = (fill: number) => fromHex(`76a914${fill.toString(16).padStart(2, "0").repeat(20)}88ac`);
const SENDER = concat(fromHex("76a914"), hash160(KEY), fromHex("88ac"));
const P2SH = fromHex(`a914${"aa".repeat(20)}87`);
const SEGWIT = fromHex(`0014${"bb".repeat(20)}`);
const P2PK = concat(Uint8Array.of(33), KEY, Uint8Array.of(0xac));
const SIGNATURE = concat(Uint8Array.of(3, 1, 2, 3, 33), KEY);

const name = "foo.test" as Name;
const namespaceId = "test" as NamespaceId;
const preorderHash = "11".repeat(20) as PreorderHash;
const consensusHash = "22".repeat(16) as ConsensusHash;
const zonefileHash = "33".repeat(20) as ZonefileHash;
const curve = {
  lifetime: 1,
  coeff: 1,
  base: 1,
  buckets: Array<number>(16).fill(0),
  nonalphaDiscount: 1,
  noVowelDiscount: 1,
};

/** Each operation, the outputs behind its OP_RETURN, and how many of them are checked. */
const VALID: readonly { payload: Payload; outputs: Uint8Array[]; least: number; most: number; checked: number }[] = [
  { payload: { kind: "NAME_PREORDER", preorderHash, consensusHash }, outputs: [p2pkh(1), p2pkh(0)], least: 3, most: 3, checked: 3 },
  { payload: { kind: "NAME_REGISTRATION", name, zonefileHash }, outputs: [p2pkh(2), SEGWIT], least: 2, most: Infinity, checked: 2 },
  { payload: { kind: "NAME_UPDATE", updateHash: "44".repeat(16) as UpdateHash, zonefileHash }, outputs: [SEGWIT], least: 0, most: Infinity, checked: 0 },
  { payload: { kind: "NAME_TRANSFER", keepZonefile: true, nameHash: "55".repeat(16) as NameHash, consensusHash }, outputs: [P2SH, SEGWIT], least: 2, most: Infinity, checked: 2 },
  { payload: { kind: "NAME_REVOKE", name }, outputs: [P2PK], least: 0, most: Infinity, checked: 0 },
  { payload: { kind: "NAME_IMPORT", name }, outputs: [p2pkh(2), p2pkh(3), SEGWIT], least: 3, most: Infinity, checked: 3 },
  { payload: { kind: "NAMESPACE_PREORDER", preorderHash, consensusHash }, outputs: [p2pkh(1), p2pkh(0), SEGWIT], least: 3, most: Infinity, checked: 3 },
  { payload: { kind: "NAMESPACE_REVEAL", namespaceId, ...curve, version: 1 }, outputs: [p2pkh(2), SEGWIT], least: 3, most: 3, checked: 2 },
  { payload: { kind: "NAMESPACE_READY", namespaceId }, outputs: [SEGWIT], least: 0, most: Infinity, checked: 0 },
]; // prettier-ignore

interface Changes {
  readonly outputs?: readonly Uint8Array[];
  readonly spentScripts?: readonly Uint8Array[];
  readonly scriptSigs?: Uint8Array[];
}

function extract(payload: Payload, outputs: readonly Uint8Array[], changes: Changes = {}) {
  const data = encodePayload("id", payload);
  const { opcode, payload: bytes } = splitNulldata(data, fromLatin1("id"), OPCODES)!;
  const scripts = [concat(Uint8Array.of(0x6a, data.length), data), ...(changes.outputs ?? outputs)];
  const spentScripts = changes.spentScripts ?? [SENDER];
  const transaction = spending(
    scripts.map((script, i) => ({ value: BigInt(1000 * i), script })),
    changes.scriptSigs ?? spentScripts.map(() => SIGNATURE),
  );
  return extractOperation(
    { txid: txid("ab".repeat(32)), vtxindex: 7, transaction, spentScripts, opcode, payload: bytes },
    ON,
    FORMS,
  );
}

describe.each(VALID)("$payload.kind", ({ payload, outputs, least, most, checked }) => {
  test("is extracted with its origin", () => {
    const extracted = extract(payload, outputs);
    expect(extracted).toMatchObject({
      kind: "ok",
      value: {
        ...(payload.kind === "NAME_IMPORT" ? { ...payload, zonefileHash: "03".repeat(20) } : payload),
        txid: "ab".repeat(32),
        vtxindex: 7,
        sender: scriptHex(SENDER),
        address: addressOf(scriptHex(SENDER), ON),
        senderPubkey: scriptHex(KEY),
      },
    });
  });

  test("is none if any input spends native segwit or a bare key", () => {
    for (const script of [SEGWIT, P2PK, new Uint8Array()]) {
      expect(extract(payload, outputs, { spentScripts: [SENDER, script] }).kind).toBe("malformed");
      expect(extract(payload, outputs, { spentScripts: [script, SENDER] }).kind).toBe("malformed");
    }
    expect(extract(payload, outputs, { spentScripts: [SENDER, P2SH] }).kind).toBe("ok");
  });

  test("is none with too few or too many outputs", () => {
    const all = [...outputs, ...Array<Uint8Array>(6).fill(p2pkh(9))];
    for (let count = 1; count < all.length; count++) {
      const due = count >= least && count <= most;
      expect([count, extract(payload, [], { outputs: all.slice(0, count - 1) }).kind]).toEqual([
        count,
        due ? "ok" : "malformed",
      ]);
    }
  });

  test("checks the kind of its first outputs only", () => {
    for (let index = 1; index <= outputs.length; index++) {
      const changed = outputs.map((script, i) => (i === index - 1 ? P2PK : script));
      expect(extract(payload, changed).kind).toBe(index < checked ? "malformed" : "ok");
    }
  });
});

describe("roles", () => {
  const { payload, outputs } = VALID[1]!;

  test("four outputs make a registration a renewal, whose output 3 burns", () => {
    const three = extract(payload, outputs);
    const four = extract(payload, [...outputs, p2pkh(0)]);
    expect(three).toMatchObject({ value: { kind: "NAME_REGISTRATION" } });
    const burnAddress = addressOf(scriptHex(p2pkh(0)), ON);
    expect(four).toMatchObject({ value: { kind: "NAME_RENEWAL", opFee: 3000, burnAddress } });
    expect(extract(payload, [...outputs, P2PK]).kind).toBe("malformed");
  });

  test("a key counts only if it hashes to the sender, in whichever input it stands", () => {
    const other = concat(Uint8Array.of(1, 1, 33), new Uint8Array(33).fill(2));
    const spentScripts = [SENDER, SENDER];
    expect(extract(payload, outputs, { spentScripts, scriptSigs: [other, SIGNATURE] })).toMatchObject({
      value: { senderPubkey: scriptHex(KEY) },
    });
    expect(extract(payload, outputs, { spentScripts, scriptSigs: [other, other] })).toMatchObject({
      value: { senderPubkey: null },
    });
    const three = concat(Uint8Array.of(0x51), SIGNATURE);
    expect(extract(payload, outputs, { scriptSigs: [three] })).toMatchObject({ value: { senderPubkey: null } });
    expect(extract(payload, outputs, { spentScripts: [P2SH] })).toMatchObject({ value: { senderPubkey: null } });
  });

  test("an import takes its hash from a script hash too", () => {
    expect(extract(VALID[5]!.payload, [p2pkh(2), P2SH])).toMatchObject({ value: { zonefileHash: "aa".repeat(20) } });
  });

  test("a recipient without an address is none", () => {
    expect(extract(payload, [fromHex("6a0101"), p2pkh(1)] as Uint8Array[]).kind).toBe("malformed");
  });
});

test("names that stopped the original are refused when they are read", () => {
  const crashers = readVectors("crashers.json") as {
    case: string;
    opReturn: ScriptHex;
    epoch: number;
    outcome: string;
  }[];
  const named = crashers.filter(({ case: what, epoch }) => epoch <= 3 && what.includes("\\n"));
  expect(named.length).toBeGreaterThan(10);
  for (const { opReturn } of named) {
    const split = splitNulldata(fromHex(opReturn).slice(2), fromLatin1("id"), OPCODES)!;
    expect(decodePayload(split.opcode, split.payload, FORMS).kind).toBe("malformed");
  }
});
