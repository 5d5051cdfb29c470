import { expect, test } from "vitest";
import { origin, origins } from "../../src/cli/origin.ts";
import { ParseError } from "../../src/errors.ts";

test("block sources are the node of the settings, JSON-RPC or REST at an address", () => {
  expect(origin("rpc")).toEqual({ kind: "settings" });
  expect(origin("rpc:http://10.0.0.5:8332/")).toEqual({ kind: "rpc", url: "http://10.0.0.5:8332", cookieFile: null });
  expect(origin("rpc:https://node.example/btc#/etc/cookie")).toEqual({
    kind: "rpc",
    url: "https://node.example/btc",
    cookieFile: "/etc/cookie",
  });
  expect(origin("rest:http://127.0.0.1:8332")).toEqual({ kind: "rest", url: "http://127.0.0.1:8332" });
  expect(origin("files:/data/bitcoin")).toEqual({ kind: "files", path: "/data/bitcoin" });
  expect(origins("rest:http://a,rpc")).toEqual([{ kind: "rest", url: "http://a" }, { kind: "settings" }]);
});

test("what is no source is refused, and a password in it is not repeated", () => {
  for (const text of [
    "",
    "rpc:",
    "http://a",
    "rest:ftp://a",
    "files:",
    "rest:http://a#f",
    "rpc:http://",
    "rest",
    "rpc:http://a b",
  ])
    expect(() => origin(text), text).toThrow(ParseError);
  expect(() => origins("rpc,")).toThrow(ParseError);
  for (const text of ["rpc:http://me:hunter2@a", "rest:http://me:hunter2@a#x", "http://me:hunter2@a"]) {
    expect(() => origin(text)).toThrow(ParseError);
    expect(() => origin(text)).not.toThrow(/hunter2/u);
  }
});
