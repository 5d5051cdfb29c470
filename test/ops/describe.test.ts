import { expect, test } from "vitest";
import { BITCOIN_CHAINS } from "../../src/bitcoin/parameters.ts";
import { serializeTransaction, type Transaction } from "../../src/bitcoin/transaction.ts";
import { ParseError } from "../../src/errors.ts";
import { describe as describeBytes } from "../../src/ops/describe.ts";
import { encodePayload } from "../../src/ops/payload.ts";
import { concat, fromHex } from "../../src/primitives/bytes.ts";
import { zonefileHash } from "../../src/primitives/hash.ts";
import { name } from "../../src/primitives/name.ts";

const OPTIONS = { magic: "id", on: BITCOIN_CHAINS.regtest, forms: { registrationZonefile: true } };
const HASH = zonefileHash("cd".repeat(20));
const data = encodePayload("id", { kind: "NAME_REGISTRATION", name: name("alice.test"), zonefileHash: HASH });
const script = concat(Uint8Array.of(0x6a, data.length), data);
const pay = (value: bigint) => ({ value, script: fromHex(`76a914${"11".repeat(20)}88ac`) });

function transaction(outputs: Transaction["outputs"], scriptSig = Uint8Array.of(0x51)): Uint8Array {
  const input = { previousTxid: new Uint8Array(32), previousIndex: 0, scriptSig, sequence: 0xffff_ffff };
  return serializeTransaction({ version: 1, inputs: [input], outputs, lockTime: 0 });
}

test("data, script and transaction say the same", () => {
  const said = { opcode: "NAME_REGISTRATION", letter: ":", fields: { name: "alice.test", zonefileHash: HASH } };
  expect(describeBytes(data, OPTIONS)).toMatchObject({ input: "data", operation: said });
  expect(describeBytes(script, OPTIONS)).toMatchObject({ input: "script", operation: said });
  const whole = describeBytes(transaction([{ value: 0n, script }, pay(5500n)]), OPTIONS);
  expect(whole).toMatchObject({ input: "transaction", because: null, operation: { opcode: "NAME_REGISTRATION" } });
  expect(whole.operation?.fields).toMatchObject({ recipientAddress: expect.stringMatching(/^m/u) as string });
});

test("nothing that follows from the unknown sender is shown", () => {
  const { operation } = describeBytes(transaction([{ value: 0n, script }, pay(5500n)]), OPTIONS);
  expect(Object.keys(operation?.fields ?? {}).sort()).toEqual([
    "name",
    "recipient",
    "recipientAddress",
    "zonefileHash",
  ]);
});

test("four outputs make it a renewal", () => {
  const outputs = [{ value: 0n, script }, pay(5500n), pay(1n), pay(600n)];
  expect(describeBytes(transaction(outputs), OPTIONS).operation).toMatchObject({
    opcode: "NAME_RENEWAL",
    fields: { opFee: 600 },
  });
});

test("what is no operation says why", () => {
  const because = (bytes: Uint8Array) => describeBytes(bytes, OPTIONS).because;
  expect(because(transaction([{ value: 0n, script }]))).toContain("1 outputs where at least 2 are due");
  expect(because(transaction([pay(1n)]))).toContain("no OP_RETURN output");
  expect(because(fromHex("69640000"))).toContain("unknown opcode 0");
  expect(because(fromHex("6a0378783a"))).toContain('begins with the bytes "7878"');
  expect(because(fromHex("6a"))).toContain("exactly one push");
  expect(describeBytes(data, { ...OPTIONS, forms: { registrationZonefile: false } }).operation).toBeNull();
});

test("an input without scriptSig is told", () => {
  const { notes } = describeBytes(transaction([{ value: 0n, script }, pay(1n)], new Uint8Array()), OPTIONS);
  expect(notes.join()).toContain("native segwit");
});

test("bytes that are nothing at all are refused", () => {
  expect(() => describeBytes(fromHex("00"), OPTIONS)).toThrow(ParseError);
});
