import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ParseError } from "../../src/errors.ts";
import { STACKS, type TokenAmount } from "../../src/primitives/token-amount.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import type { AccountRecord } from "../../src/tokens/account.ts";
import { allocatedAt, allocationHeights, parseAllocation } from "../../src/tokens/allocation.ts";
import { withLargeIntegers } from "../../src/tokens/large-integers.ts";

const HOLDER = "1ELuNB5fLNUcrLzb93oJDPmjxjnsVwhNHn";
const entry = { address: HOLDER, value: 5, vesting: { "110": 7, "120": "9" } };

describe("an allocation", () => {
  test("gives accounts at the first block, and what is vested at its heights", () => {
    const allocation = parseAllocation(JSON.stringify([{ ...entry, lock_send: 130, receive_whitelisted: false }]));
    expect(allocationHeights(allocation, 100, 115)).toEqual([100, 110]);
    const rows: AccountRecord[] = [];
    for (const height of [100, 101, 110, 120]) {
      rows.push(...allocatedAt(allocation, blockHeight(height), 100, () => rows.at(-1) ?? null));
    }
    expect(rows.map(({ credit, blockNumber }) => [blockNumber, credit])).toEqual([
      [100, "5"],
      [110, "12"],
      [120, "21"],
    ]);
    for (const row of rows) {
      expect(row).toMatchObject({
        address: HOLDER,
        type: STACKS,
        debit: "0",
        lockTransferBlockId: 130,
        receiveWhitelisted: false,
        vtxindex: 0,
      });
    }
    expect(new Set(rows.map(({ txid }) => txid)).size).toBe(3);
  });

  test("what was to be vested before the chain began is not given", () => {
    const allocation = parseAllocation(JSON.stringify([{ ...entry, vesting: { "99": 1, "100": 1 } }]));
    expect(allocationHeights(allocation, 100, 200)).toEqual([100]);
    expect(allocatedAt(allocation, blockHeight(100), 100, () => null).map(({ credit }) => credit)).toEqual(["5"]);
  });

  test("keeps every digit of amounts beyond doubles", () => {
    const { accounts } = parseAllocation(`[{"address":"${HOLDER}","value":46116860184273879035}]`);
    expect(accounts[0]?.value).toBe("46116860184273879035" as TokenAmount);
  });

  test("has one id however it is spelled, and another if it says anything else", () => {
    const id = (value: unknown) => parseAllocation(JSON.stringify(value)).id;
    const other = { address: "treasury", value: "1" };
    expect(id([other, { ...entry, type: "STACKS", lock_send: 0, note: "x" }])).toBe(id([entry, other]));
    for (const changed of [[entry], [entry, { ...other, value: 2 }], [entry, { ...other, vesting: { "5": 1 } }]]) {
      expect(id(changed)).not.toBe(id([entry, other]));
    }
  });

  test.each([
    ["no JSON", "[{"],
    ["no list", "{}"],
    ["a negative amount", `[{"address":"a","value":-1}]`],
    ["half an amount", `[{"address":"a","value":0.5}]`],
    ["a word for an amount", `[{"address":"a","value":"many"}]`],
    ["no address", `[{"value":1}]`],
    ["an account twice", JSON.stringify([entry, entry])],
    ["a height that is none", `[{"address":"a","value":1,"vesting":{"soon":1}}]`],
  ])("is refused with %s", (_, text) => {
    expect(() => parseAllocation(text)).toThrow(ParseError);
  });
});

describe("JSON with large integers", () => {
  test("is what JSON.parse gives, where doubles hold the numbers", () => {
    const held = fc.json().filter((text) => !/[0-9]{16}/u.test(text));
    fc.assert(
      fc.property(held, (text) => {
        expect(withLargeIntegers(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  test("keeps the digits of others as text, in numbers and nowhere else", () => {
    const text = `{"a":[12345678901234567890,1],"b":"[12345678901234567890]","c":0.30000000000000004,"d\\"1234567890123456789":1}`;
    expect(withLargeIntegers(text)).toEqual({
      a: ["12345678901234567890", 1],
      b: "[12345678901234567890]",
      c: 0.30000000000000004,
      'd"1234567890123456789': 1,
    });
  });
});
