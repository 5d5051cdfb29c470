import { describe, expect, test } from "vitest";
import {
  decodeHeaderFile,
  encodeHeaderFile,
  faultOfHeaders,
  hashAt,
  headerAt,
  type HeaderFile,
  lastHeight,
} from "../../src/bitcoin/header-file.ts";
import { parseHeader } from "../../src/bitcoin/header.ts";
import { BITCOIN_CHAINS, type BitcoinParameters } from "../../src/bitcoin/parameters.ts";
import { concat, fromHex, reversed } from "../../src/primitives/bytes.ts";
import { mined } from "../support/mined.ts";
import { GENESIS } from "../support/linked-chain.ts";

const { regtest } = BITCOIN_CHAINS;

/** Headers of regtest up to a height. */
function headersTo(height: number): Uint8Array[] {
  const headers: Uint8Array[] = [GENESIS.slice(0, 80)];
  while (headers.length <= height) {
    const previous = reversed(fromHex(parseHeader(headers.at(-1)!).hash));
    headers.push(mined(previous, regtest.easiestBits, headers.length));
  }
  return headers;
}
const LAST = 60;
const headers = headersTo(LAST);
const file: HeaderFile = { first: 0, headers: concat(...headers) };

/** The same chain, known by one of its blocks. */
const known = (height: number): BitcoinParameters => ({
  ...regtest,
  checkpoint: { height, hash: parseHeader(headers[height]!).hash },
});

describe("a file of headers", () => {
  test("comes back as it was written, and says the hash of every height", () => {
    const bytes = encodeHeaderFile(file);
    expect(decodeHeaderFile(bytes)).toEqual(file);
    expect(lastHeight(file)).toBe(LAST);
    headers.forEach((header, height) => {
      expect(hashAt(file, height)).toBe(parseHeader(header).hash);
    });
    expect(headerAt(file, LAST + 1)).toBeNull();
    expect(headerAt(file, -1)).toBeNull();
    expect(faultOfHeaders(file, regtest)).toBeNull();
  });

  test.each([
    ["nothing", new Uint8Array()],
    ["another kind", encodeHeaderFile(file).fill(0, 0, 3)],
    ["no header", encodeHeaderFile({ first: 0, headers: new Uint8Array() })],
    ["a byte too few", encodeHeaderFile(file).slice(0, -1)],
    ["a byte too many", concat(encodeHeaderFile(file), new Uint8Array(1))],
  ])("is refused: %s", (_what, bytes) => {
    expect(() => decodeHeaderFile(bytes)).toThrow("headers");
  });

  test("any byte flipped: a fault, or another last header", () => {
    for (let at = 0; at < file.headers.length; at++) {
      const changed = file.headers.slice();
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
      const lying = { ...file, headers: changed };
      const isLast = at >= LAST * 80;
      if (faultOfHeaders(lying, regtest) === null) expect(isLast).toBe(true);
      expect(hashAt(lying, Math.floor(at / 80))).not.toBe(hashAt(file, Math.floor(at / 80)));
    }
  });

  test("a header left out, twice, or in another place is told with its height", () => {
    const without = (...at: readonly number[]) => concat(...headers.filter((_, i) => !at.includes(i)));
    expect(faultOfHeaders({ first: 0, headers: without(20) }, regtest)).toEqual({ height: 20, fault: "not-linked" });
    const twice = concat(...headers.slice(0, 21), ...headers.slice(20));
    expect(faultOfHeaders({ first: 0, headers: twice }, regtest)).toEqual({ height: 21, fault: "not-linked" });
    expect(faultOfHeaders({ first: 0, headers: without(0) }, regtest)?.fault).toBe("wrong-chain");
    expect(faultOfHeaders({ first: 1, headers: without(0) }, regtest)?.fault).toBe("wrong-start");
    expect(faultOfHeaders(file, BITCOIN_CHAINS.bitcoin)?.fault).toBe("wrong-chain");
  });

  test("what was checked before is only linked, what comes behind it is checked in full", () => {
    const other = mined(reversed(fromHex(parseHeader(headers[39]!).hash)), regtest.easiestBits, 9999);
    const changed = concat(...headers.with(40, other));
    expect(faultOfHeaders({ first: 0, headers: changed }, regtest, 30)).toEqual({ height: 41, fault: "not-linked" });
    expect(faultOfHeaders(file, regtest, 30)).toBeNull();
    expect(faultOfHeaders(file, regtest, LAST + 100)).toBeNull();
  });

  test("a chain without the block that it is known by is another chain", () => {
    expect(faultOfHeaders(file, known(30))).toBeNull();
    const strange = { ...regtest, checkpoint: { height: 30, hash: "00".repeat(32) } };
    expect(faultOfHeaders(file, strange)).toEqual({ height: 30, fault: "wrong-chain" });
  });
});
