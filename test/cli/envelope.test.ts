import { expect, test } from "vitest";
import { failureEnvelope, successEnvelope } from "../../src/cli/envelope.ts";
import { failureOf, failureText } from "../../src/cli/failure.ts";
import { PLAIN } from "../../src/cli/style.ts";
import { BskError } from "../../src/errors.ts";

/** Golden lines: scripts depend on them, so a change here is a change of the format's version. */
test("success", () => {
  const data = {
    name: "a.b",
    price: 40_000n,
    all: 2_100_000_000_000_000n,
    huge: 2n ** 64n,
    hash: new Uint8Array([0, 255]),
  };
  expect(successEnvelope({ ...data, none: null, left: undefined, at: new Date(0), rows: new Map([["k", 1n]]) })).toBe(
    '{"v":1,"ok":true,"data":{"name":"a.b","price":40000,"all":2100000000000000,"huge":"18446744073709551616","hash":"00ff","none":null,"at":"1970-01-01T00:00:00.000Z","rows":{"k":1}}}',
  );
});

test("failure with everything", () => {
  const error = new BskError("rejected", 'name "a.b" is taken', {
    rule: "name-taken",
    hint: "choose another",
    cause: new Error("registered in block 7"),
  });
  expect(failureEnvelope(failureOf(error))).toBe(
    '{"v":1,"ok":false,"error":{"kind":"rejected","message":"name \\"a.b\\" is taken","rule":"name-taken","hint":"choose another","because":["registered in block 7"]}}',
  );
});

test("failure with nothing to add", () => {
  expect(failureEnvelope(failureOf(new BskError("usage", "no")))).toBe(
    '{"v":1,"ok":false,"error":{"kind":"usage","message":"no"}}',
  );
});

test("a chain of causes that bites its own tail ends", () => {
  const error = new BskError("machine", "outer");
  const cause = new Error("inner", { cause: error });
  expect(failureOf(Object.assign(error, { cause })).because).toEqual(["inner"]);
});

test("an envelope is one line, whatever is in it", () => {
  const error = failureOf(new BskError("usage", "a\nb\u2028c"));
  expect(failureEnvelope(error).split("\n")).toHaveLength(1);
  expect(successEnvelope({ text: "a\r\nb" })).not.toContain("\n");
});

test("what a server says cannot move the cursor, in any line of an error", () => {
  const evil = "refused \u001b[2K\r\u0007ok";
  const failure = failureOf(new BskError("machine", evil, { hint: `a\n${evil}`, cause: new Error(evil) }));
  expect(failureText(failure, PLAIN)).toBe(
    ["error: refused �[2K��ok", "because: refused �[2K��ok", "hint: a", "hint: refused �[2K��ok"].join("\n"),
  );
});
