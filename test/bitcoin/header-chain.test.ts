import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { firstAncestorNeeded, type HeaderFacts, requiredBits } from "../../src/bitcoin/difficulty.ts";
import { HeaderChain } from "../../src/bitcoin/header-chain.ts";
import { parseHeader } from "../../src/bitcoin/header.ts";
import { BITCOIN_CHAINS } from "../../src/bitcoin/parameters.ts";
import { bitsOfTarget, meetsTarget, targetOfBits, workOfBits } from "../../src/bitcoin/target.ts";
import { fromHex } from "../../src/primitives/bytes.ts";
import { mined } from "../support/mined.ts";

const { bitcoin: MAIN, testnet3, testnet4, regtest } = BITCOIN_CHAINS;
const VECTORS = JSON.parse(readFileSync(new URL("../vectors/headers.json", import.meta.url), "utf8")) as {
  readonly headers: readonly { readonly height: number; readonly hash: string; readonly raw: string }[];
  readonly retargets: readonly {
    readonly height: number;
    readonly first: number;
    readonly last: number;
    readonly bits: string;
    readonly next: string;
  }[];
};
const raw = (height: number): Uint8Array => fromHex(VECTORS.headers.find((each) => each.height === height)!.raw);
const genesis = parseHeader(raw(0));

/** A period whose blocks have these facts, except for some. */
function period(usual: HeaderFacts, others: Readonly<Record<number, HeaderFacts>> = {}) {
  return (height: number): HeaderFacts => others[height] ?? usual;
}

describe("targets", () => {
  test("bits that are a target, and what they stand for", () => {
    expect(targetOfBits(0x1d00ffff)).toBe(0xffffn << 208n);
    expect(targetOfBits(0x01120000)).toBe(0x12n);
    expect(targetOfBits(0x03123456)).toBe(0x123456n);
    expect(targetOfBits(0x20123456)).toBe(0x123456n << 232n);
  });

  test("bits that are none: zero, negative, too large", () => {
    for (const bits of [
      0, 0x01003456, 0x1d000000, 0x1d80ffff, 0x04923456, 0x23000001, 0x22000100, 0x21010000, 0xff123456,
    ])
      expect(targetOfBits(bits)).toBeNull();
  });

  test("compact forms come back, and drop what they cannot hold", () => {
    for (const bits of [0x1d00ffff, 0x1c05a3f4, 0x17371ef4, 0x207fffff, 0x1e0377ae, 0x02008000, 0x01120000])
      expect(bitsOfTarget(targetOfBits(bits)!)).toBe(bits);
    expect(bitsOfTarget((1n << 224n) - 1n)).toBe(0x1d00ffff);
  });

  test("work of the first block, and of bits that are no target", () => {
    expect(workOfBits(0x1d00ffff)).toBe(0x1_0001_0001n);
    expect(workOfBits(0x207fffff)).toBe(2n);
    expect(workOfBits(0x1d80ffff)).toBe(0n);
  });

  test("a hash at its target is a proof, one above is none", () => {
    const at = (target: bigint) => target.toString(16).padStart(64, "0") as typeof genesis.hash;
    expect(meetsTarget(at(0xffffn << 208n), 0x1d00ffff)).toBe(true);
    expect(meetsTarget(at((0xffffn << 208n) + 1n), 0x1d00ffff)).toBe(false);
    expect(meetsTarget(at(0n), 0)).toBe(false);
  });
});

describe("difficulty", () => {
  test.each(VECTORS.retargets)("Bitcoin's target at $height", ({ height, first, last, bits, next }) => {
    const ancestors = period(
      { time: last, bits: parseInt(bits, 16) },
      { [height - 2016]: { time: first, bits: parseInt(bits, 16) } },
    );
    expect(requiredBits(MAIN, height, last + 600, ancestors)).toBe(parseInt(next, 16));
    expect(requiredBits(MAIN, height + 1, last + 9999, ancestors)).toBe(parseInt(bits, 16));
  });

  // derived by hand from Bitcoin Core's pow.cpp and BIP 94
  const HARD = 0x1c05a3f4;
  const EASY = 0x1d00ffff;
  const facts = { time: 1000, bits: HARD };

  test("a late block of a test network is easy, one on time is not", () => {
    for (const chain of [testnet3, testnet4]) {
      expect(requiredBits(chain, 5000, 1000 + 1201, period(facts))).toBe(EASY);
      expect(requiredBits(chain, 5000, 1000 + 1200, period(facts))).toBe(HARD);
    }
    expect(requiredBits(MAIN, 5000, 1000 + 1201, period(facts))).toBe(HARD);
  });

  test("behind easy blocks the target is that of the last other one, or of the period's first", () => {
    const easy = { time: 1000, bits: EASY };
    expect(requiredBits(testnet3, 5000, 1600, period(easy, { 4990: facts }))).toBe(HARD);
    expect(requiredBits(testnet3, 5000, 1600, period(easy, { 4000: facts }))).toBe(EASY);
    expect(requiredBits(testnet3, 5000, 1600, period(easy, { 4032: facts }))).toBe(HARD);
  });

  test("a period of testnet3 starts from its last block, one of testnet4 from its first", () => {
    const ancestors = period(
      { time: 1_209_600, bits: EASY },
      { 2016: { time: 0, bits: HARD }, 4031: { time: 1_209_600, bits: EASY } },
    );
    expect(requiredBits(testnet3, 4032, 1_209_700, ancestors)).toBe(EASY);
    expect(requiredBits(testnet4, 4032, 1_209_700, ancestors)).toBe(HARD);
  });

  test("regtest asks for no target", () => {
    expect(requiredBits(regtest, 2016, 0, period(facts))).toBeNull();
  });

  test("what is read lies not below the first ancestor that is needed", () => {
    for (const height of [1, 2015, 2016, 2017, 4032, 556_416]) {
      let lowest = Infinity;
      for (const chain of [MAIN, testnet3, testnet4]) {
        requiredBits(chain, height, 1000, (at) => {
          lowest = Math.min(lowest, at);
          return { time: 1000, bits: EASY };
        });
      }
      expect(lowest).toBe(firstAncestorNeeded(height));
    }
  });
});

describe("chains of headers", () => {
  test("Bitcoin's first headers follow each other", () => {
    const chain = new HeaderChain(MAIN, 0, [genesis]);
    expect(chain.append(parseHeader(raw(1)))).toBeNull();
    expect(chain.append(parseHeader(raw(2)))).toBeNull();
    expect([chain.base, chain.height, chain.at(2)?.hash]).toEqual([0, 2, VECTORS.headers[2]!.hash]);
    expect(chain.at(3)).toBeUndefined();
  });

  test("no header with one bit turned is the next one", () => {
    const chain = new HeaderChain(MAIN, 0, [genesis]);
    for (let bit = 0; bit < 640; bit++) {
      const wrong = raw(1);
      wrong[bit >> 3]! ^= 1 << (bit & 7);
      expect(chain.append(parseHeader(wrong))).toEqual(
        bit >= 32 && bit < 288 ? "not-linked" : expect.stringMatching(/no-proof-of-work|target-out-of-range/u),
      );
    }
    expect(chain.append(parseHeader(raw(2)))).toBe("not-linked");
    expect(chain.height).toBe(0);
  });

  test("a proof of less work than the headers before ask for is refused", () => {
    const harder = new HeaderChain(MAIN, 0, [{ ...genesis, bits: 0x1c00ffff }]);
    expect(harder.append(parseHeader(raw(1)))).toBe("wrong-difficulty");
  });

  test("a real header starts its period, and no other target would do", () => {
    const header = parseHeader(raw(556_416));
    const bits = 0x17371ef4;
    const before = (first: number, last: number) =>
      Array.from({ length: 2016 }, (_, i) => ({
        hash: header.previousHash,
        bits,
        time: i === 0 ? first : last,
      }));
    const from = (first: number, last: number) => new HeaderChain(MAIN, 554_400, before(first, last));
    expect(from(1545175965, 1546275302).append(header)).toBeNull();
    expect(from(1545175965, 1546275902).append(header)).toBe("wrong-difficulty");
  });

  test("a target easier than the chain's easiest is refused, whatever the proof", () => {
    const block = mined(new Uint8Array(32), 0x207fffff);
    const base = { hash: parseHeader(block).previousHash, time: 0, bits: 0x207fffff };
    expect(new HeaderChain(regtest, 0, [base]).append(parseHeader(block))).toBeNull();
    expect(new HeaderChain(MAIN, 0, [base]).append(parseHeader(block))).toBe("target-out-of-range");
    const none = mined(new Uint8Array(32), 0x2100ffff);
    expect(new HeaderChain(regtest, 0, [base]).append(parseHeader(none))).toBe("target-out-of-range");
  });

  test("a period of testnet4 does not start back in time", () => {
    const easy = { ...testnet4, easiestBits: 0x207fffff };
    const block = mined(new Uint8Array(32), 0x207fffff, 10_000);
    const header = parseHeader(block);
    const before = (last: number) =>
      Array.from({ length: 2016 }, () => ({ hash: header.previousHash, time: last, bits: 0x207fffff }));
    // all blocks of the period at once: four times as hard, were it not that the clock of the next is late
    const chain = (last: number) =>
      new HeaderChain({ ...easy, difficulty: "bip94" }, 0, [
        { hash: header.previousHash, time: last - 4 * 1_209_600, bits: 0x207fffff },
        ...before(last).slice(1),
      ]);
    expect(chain(10_600).append(header)).toBeNull();
    expect(chain(10_601).append(header)).toBe("time-warp");
  });

  test("a chain is cut and forgotten, but never what the next header is judged by", () => {
    const headers = Array.from({ length: 5000 }, (_, i) => ({ hash: genesis.hash, time: i, bits: 0x207fffff }));
    const chain = new HeaderChain(regtest, 0, headers);
    chain.forgetBelow(4999);
    expect([chain.base, chain.height]).toEqual([4032, 4999]);
    chain.cutTo(4100);
    expect([chain.base, chain.height]).toEqual([4032, 4100]);
    chain.cutTo(0);
    expect([chain.base, chain.height]).toEqual([4032, 4032]);
    chain.forgetBelow(0);
    expect(chain.base).toBe(4032);
  });
});
