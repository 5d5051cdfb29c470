/** Every reason why a transaction is no operation, as a value: a transaction that has just this flaw, and nothing else. */
import { describe, expect, test } from "vitest";
import { BITCOIN_CHAINS } from "../../src/bitcoin/parameters.ts";
import { type Flaw, flawText } from "../../src/ops/flaw.ts";
import { readOperation } from "../../src/ops/read-transaction.ts";
import { fromHex, toHex } from "../../src/primitives/bytes.ts";

const OPTIONS = { magic: "id", on: BITCOIN_CHAINS.regtest, forms: { registrationZonefile: true } };
const P2PKH = fromHex(`76a914${"11".repeat(20)}88ac`);
const P2SH = fromHex(`a914${"22".repeat(20)}87`);
const SEGWIT = fromHex(`0014${"33".repeat(20)}`);
const P2PK = fromHex(`21${"02".padEnd(66, "1")}ac`);
const ODD = fromHex("51");
const nulldata = (hex: string) => fromHex(`6a${(hex.length / 2).toString(16).padStart(2, "0")}${hex}`);
const text = (of: string) => toHex(Uint8Array.from(of, (letter) => letter.charCodeAt(0)));
const REGISTER = nulldata(`69643a${text("foo.test")}`);
const PREORDER = nulldata(`69643f${"44".repeat(36)}`);
const TRANSFER = nulldata(`69643e3e${"55".repeat(32)}`);

/** A transaction that spends one output of each script. */
function flawOf(outputs: readonly Uint8Array[], spent: readonly Uint8Array[] = [P2PKH], coinbase = false) {
  const transaction = {
    version: 1,
    lockTime: 0,
    inputs: spent.map(() => ({
      previousTxid: new Uint8Array(32).fill(coinbase ? 0 : 7),
      previousIndex: coinbase ? 0xffff_ffff : 0,
      scriptSig: new Uint8Array(),
      sequence: 0xffff_ffff,
    })),
    outputs: outputs.map((script) => ({ value: 1000n, script })),
  };
  const read = readOperation(transaction, spent, OPTIONS);
  return read.kind === "malformed" ? read.flaw : read.value.kind;
}

/** What is wrong -> its flaw. */
const CASES: readonly (readonly [string, ReturnType<typeof flawOf>, Flaw])[] = [
  ["a coinbase", flawOf([REGISTER, P2PKH], [P2PKH], true), { kind: "coinbase" }],
  ["no OP_RETURN", flawOf([P2PKH, P2SH]), { kind: "no-nulldata" }],
  ["an OP_RETURN without data", flawOf([REGISTER, P2PKH, fromHex("6a")]), { kind: "nulldata-form", output: 2 }],
  ["an OP_RETURN with two pushes", flawOf([fromHex("6a03696400026162"), P2PKH]), { kind: "nulldata-form", output: 0 }],
  ["an OP_RETURN with a number", flawOf([fromHex("6a51"), P2PKH]), { kind: "nulldata-form", output: 0 }],
  ["another magic", flawOf([nulldata(`78783a${text("foo.test")}`), P2PKH]), { kind: "wrong-magic", begins: "7878" }],
  ["another OP_RETURN behind it", flawOf([REGISTER, P2PKH, nulldata("00")]), { kind: "wrong-magic", begins: "00" }],
  ["magic alone", flawOf([nulldata("6964"), P2PKH]), { kind: "no-opcode" }],
  ["an unknown opcode", flawOf([nulldata("69647a00"), P2PKH]), { kind: "unknown-opcode", opcode: 0x7a }],
  ["a byte too few", flawOf([PREORDER.with(1, 38).subarray(0, -1), P2PKH, P2PKH]), { kind: "payload-size", size: 35, due: 36, open: false }],
  ["a byte too many", flawOf([nulldata(`69643f${"44".repeat(37)}`), P2PKH, P2PKH]), { kind: "payload-size", size: 37, due: 36, open: false }],
  ["a reveal without its id's place", flawOf([nulldata("69642600"), P2PKH, P2PKH]), { kind: "payload-size", size: 1, due: 17, open: true }],
  ["a name that is none", flawOf([nulldata(`69643a${text("FOO.test")}`), P2PKH]), { kind: "payload-field", field: "name", because: expect.stringContaining("FOO.test") as string }],
  ["neither keep nor drop", flawOf([TRANSFER.with(5, 0x23), P2PKH]), { kind: "payload-field", field: "keepZonefile", because: expect.any(String) as string }],
  ["a reveal of version 9", flawOf([nulldata(`696426${"00".repeat(14)}110009${text("abc")}`), P2PKH, P2PKH]), { kind: "payload-field", field: null, because: "namespace version 9" }],
  ["a preorder with four outputs", flawOf([PREORDER, P2PKH, P2PKH, P2PKH]), { kind: "output-count", outputs: 4, least: 3, most: 3 }],
  ["a transfer to nobody", flawOf([TRANSFER]), { kind: "output-count", outputs: 1, least: 2, most: null }],
  ["a segwit owner", flawOf([REGISTER, SEGWIT]), { kind: "output-template", output: 1, template: "p2wpkh" }],
  ["an owner of no known kind", flawOf([REGISTER, ODD]), { kind: "output-template", output: 1, template: null }],
  ["a segwit coin beside the others", flawOf([REGISTER, P2PKH], [P2PKH, P2SH, SEGWIT]), { kind: "input-template", input: 2, template: "p2wpkh" }],
  ["a coin of an old public key", flawOf([REGISTER, P2PKH], [P2PK]), { kind: "input-template", input: 0, template: "p2pk" }],
  ["a coin of no known kind", flawOf([REGISTER, P2PKH], [ODD]), { kind: "input-template", input: 0, template: null }],
  ["a burn output without an address", flawOf([nulldata(`69643a${text("foo.test")}`), P2PKH, P2PKH, SEGWIT]), { kind: "no-address", role: "burn (output 3)" }],
  ["the order of outputs: the owner where the data should be", flawOf([P2PKH, REGISTER]), { kind: "no-address", role: "recipient (output 1)" }],
]; // prettier-ignore

describe("why it is no operation", () => {
  test.each(CASES)("%s", (_, found, flaw) => {
    expect(found).toEqual(flaw);
    expect(flawText(flaw)).not.toBe("");
  });

  test("without any flaw it is one", () => {
    expect(flawOf([REGISTER, P2PKH])).toBe("NAME_REGISTRATION");
    expect(flawOf([PREORDER, P2PKH, P2PKH])).toBe("NAME_PREORDER");
    expect(flawOf([TRANSFER, P2SH], [P2PKH, P2SH])).toBe("NAME_TRANSFER");
  });

  test("every kind of flaw is among the cases", () => {
    const kinds: Record<Flaw["kind"], true> = {
      coinbase: true,
      "no-nulldata": true,
      "nulldata-form": true,
      "wrong-magic": true,
      "no-opcode": true,
      "unknown-opcode": true,
      "payload-size": true,
      "payload-field": true,
      "output-count": true,
      "output-template": true,
      "input-template": true,
      "no-address": true,
    };
    expect(new Set(CASES.map(([, , { kind }]) => kind))).toEqual(new Set(Object.keys(kinds)));
  });
});
