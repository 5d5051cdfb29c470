/** Our SHA-256 and our hex against Node's. */
import { createHash, randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { fromHex, toHex } from "../../src/primitives/bytes.ts";
import { sha256 } from "../../src/primitives/sha256.ts";

const nodes = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

describe("sha256", () => {
  test("the examples of FIPS 180-4", () => {
    const text = (ascii: string) => toHex(sha256(new TextEncoder().encode(ascii)));
    expect(text("")).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    expect(text("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect(text("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")).toBe(
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    );
    expect(text("a".repeat(1_000_000))).toBe("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  });

  test("every length around the ends of blocks, and views into longer bytes", () => {
    const bytes = new Uint8Array(randomBytes(400));
    for (let length = 0; length <= 330; length++) {
      const view = bytes.subarray(length % 7, (length % 7) + length);
      expect(toHex(sha256(view))).toBe(nodes(view));
    }
  });

  test("bytes of one value, which show a carry that is lost", () => {
    for (const value of [0x00, 0x7f, 0x80, 0xff]) {
      for (const length of [55, 56, 63, 64, 119, 120, 128]) {
        const bytes = new Uint8Array(length).fill(value);
        expect(toHex(sha256(bytes))).toBe(nodes(bytes));
      }
    }
  });

  test("an answer is not changed by the next question", () => {
    const first = sha256(Uint8Array.of(1));
    const copy = toHex(first);
    sha256(Uint8Array.of(2));
    expect(toHex(first)).toBe(copy);
  });
});

test("hex of any length, around the parts that it is made in", () => {
  for (const length of [0, 1, 20, 1023, 1024, 1025, 5000]) {
    const bytes = new Uint8Array(randomBytes(length));
    expect(toHex(bytes)).toBe(Buffer.from(bytes).toString("hex"));
    expect(fromHex(toHex(bytes))).toEqual(bytes);
  }
});
