import * as fc from "fast-check";
import { expect, test } from "vitest";
import { decodeBase64, encodeBase64 } from "../../src/encoding/base64.ts";
import { ParseError } from "../../src/errors.ts";

test("the vectors of RFC 4648 §10, both ways", () => {
  const vectors = {
    "": "",
    f: "Zg==",
    fo: "Zm8=",
    foo: "Zm9v",
    foob: "Zm9vYg==",
    fooba: "Zm9vYmE=",
    foobar: "Zm9vYmFy",
  };
  for (const [text, encoded] of Object.entries(vectors)) {
    expect(encodeBase64(new TextEncoder().encode(text))).toBe(encoded);
    expect(new TextDecoder().decode(decodeBase64(encoded))).toBe(text);
  }
});

test("is what others write, and is read back to the same bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 10_000 }), (bytes) => {
      const encoded = encodeBase64(bytes);
      expect(encoded).toBe(Buffer.from(bytes).toString("base64"));
      expect(decodeBase64(encoded)).toEqual(bytes);
    }),
    { numRuns: 100 },
  );
});

test("has one spelling: no text is read that would not be written", () => {
  for (const wrong of [
    "Zg",
    "Zg=",
    "Zh==",
    "Zm9=",
    "Z===",
    "=",
    "====",
    "Zm9v\n",
    "Zm-_",
    "Zg==Zg==",
    "Zm9v=",
    "é===",
    " Zm9v",
  ]) {
    expect(() => decodeBase64(wrong), wrong).toThrow(ParseError);
  }
  fc.assert(
    fc.property(fc.base64String(), fc.string({ maxLength: 40 }), (right, any) => {
      for (const text of [right, any]) {
        try {
          expect(encodeBase64(decodeBase64(text))).toBe(text);
        } catch (error) {
          expect(error).toBeInstanceOf(ParseError);
        }
      }
    }),
  );
});
