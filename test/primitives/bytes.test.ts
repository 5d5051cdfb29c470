import { expect, test } from "vitest";
import { reversed, toHex } from "../../src/primitives/bytes.ts";

test.each([
  ["an array of bytes", Uint8Array.of(1, 2, 3)],
  ["a Buffer, whose slices are views", Buffer.from([1, 2, 3])],
])("what is turned round is a copy: %s stays as it was", (_, bytes) => {
  expect(toHex(reversed(bytes))).toBe("030201");
  expect(toHex(bytes)).toBe("010203");
});
