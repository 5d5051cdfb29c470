/** Files of bundles: one spelling, and nothing in them that can be changed and still be believed. */
import * as fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { readReplayFile } from "../../src/chain/replay-file.ts";
import { ParseError } from "../../src/errors.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import type { Network } from "../../src/protocol/network-definition.ts";
import type { ProofBundle } from "../../src/verify/bundle.ts";
import { LONGEST_BUNDLE, readBundle, writeBundle } from "../../src/verify/bundle-file.ts";
import { nameStateAt } from "../../src/verify/name-state.ts";
import { startLog } from "../../src/verify/op-log.ts";
import { proveBundle } from "../../src/verify/prove-bundle.ts";
import { type Held, verifyBundle } from "../../src/verify/verify-bundle.ts";
import { replayedChain } from "../support/hashed-chain.ts";
import { provableChain, type TestChain } from "../support/provable-chain.ts";
import { replayVectors } from "../support/vectors.ts";

const { path } = replayVectors("fuzz")[0]!;
const hashed = replayedChain(path);
const pin = hashed.anchorAt(hashed.tip);
const log = startLog(hashed.firstBlock);
for (let height = hashed.firstBlock as number; height <= hashed.tip; height++) log.append(hashed.operationsAt(height));
const held: Held = { spine: log.spine, log };

let network: Network;
let chain: TestChain;
/** One of each kind, the operation in a block that no operation of its own dates. */
let bundles: readonly ProofBundle[];

beforeAll(async () => {
  ({ network } = await readReplayFile(path));
  chain = { ...provableChain(hashed, network.id), zonefile: () => null };
  const undated = chain.names
    .flatMap((name) => {
      const made = proveBundle(chain.request(name), chain);
      return made.kind === "made" ? [made.bundle] : [];
    })
    .filter(({ walk, dates }) => walk!.upper > walk!.lower && dates.length > 0)
    .sort((a, b) => writeBundle(a).length - writeBundle(b).length)[0]?.name;
  bundles = (["included", "placed", "complete"] as const)
    .flatMap((level) => [
      { level, attached: false },
      { level, attached: true },
    ])
    .flatMap((kind) => {
      const made = proveBundle(chain.request(undated!, kind), chain);
      return made.kind === "made" ? [made.bundle] : [];
    });
  expect(bundles.length).toBe(5);
});

/** What the reader is told, or null where the file is refused. */
function told(text: string, isAttached: boolean) {
  try {
    const bundle = readBundle(text);
    const outcome = verifyBundle(bundle, pin, network, isAttached ? held : {});
    return outcome.kind === "proven" ? outcome.value : null;
  } catch (error) {
    if (error instanceof ParseError) return null;
    throw error;
  }
}

/** A state at another height may be told, where the operations listed show it; anything else is what the file said. */
function expectRefused(changed: string, original: ProofBundle, what: string) {
  const found = told(changed, original.walk === null);
  if (found === null) return;
  expect(found.level, what).toBe("complete");
  if (found.level !== "complete") return;
  expect(found.at, what).not.toBe(original.at);
  expect(found.state, what).toEqual(nameStateAt(log, original.name, found.at, network));
}

describe("a changed file is refused", () => {
  test("every byte, one bit flipped, in turn", () => {
    for (const bundle of bundles) {
      const text = writeBundle(bundle);
      expect(told(text, bundle.walk === null)).not.toBeNull();
      // A list of operations is long, and one like the other.
      const stride = bundle.log === null ? 1 : 41;
      for (let at = 0; at < text.length; at += stride) {
        const flipped = String.fromCharCode(text.charCodeAt(at) ^ (1 << (at % 7)));
        expectRefused(text.slice(0, at) + flipped + text.slice(at + 1), bundle, `byte ${at} of ${bundle.level}`);
      }
    }
  });

  test("every field left out, emptied, or taken from another proof", () => {
    const [first, other] = chain.names.filter((name) => log.latestOn(name, hashed.tip)!.height < hashed.tip - 20);
    for (const { level, walk } of bundles) {
      const of = (name: typeof first) => {
        const made = proveBundle(chain.request(name!, { level, attached: walk === null }), chain);
        return JSON.parse(writeBundle((made as { bundle: ProofBundle }).bundle)) as Record<string, unknown>;
      };
      const [own, foreign] = [of(first), of(other)];
      const original = readBundle(`${JSON.stringify(own, null, 1)}\n`);
      for (const field of Object.keys(own)) {
        const { [field]: _, ...without } = own;
        expect(told(`${JSON.stringify(without, null, 1)}\n`, walk === null), field).toBeNull();
        for (const value of [null, "", 0, [], {}, foreign[field]]) {
          if (JSON.stringify(value) === JSON.stringify(own[field])) continue;
          expectRefused(`${JSON.stringify({ ...own, [field]: value }, null, 1)}\n`, original, field);
        }
      }
    }
  });

  test("every list reordered, shortened, or with one of its own repeated", () => {
    const changedLists = <T>(list: readonly T[]): T[][] =>
      list.length === 0
        ? []
        : [list.slice(1), list.slice(0, -1), [...list, list[0]!], [list.at(-1)!, ...list], ...swaps(list)];
    const swaps = <T>(list: readonly T[]): T[][] =>
      list.slice(1).flatMap((next, i) => {
        const turned = list.with(i, next).with(i + 1, list[i]!);
        return next === list[i] ? [] : [turned];
      });
    let tried = 0;
    const refused = (changed: ProofBundle) => {
      tried++;
      expect(verifyBundle(changed, pin, network, held).kind).not.toBe("proven");
    };
    for (const bundle of bundles) {
      const { walk, dates, operation, log: listed } = bundle;
      if (walk !== null) {
        for (const opsHashes of changedLists(walk.opsHashes)) refused({ ...bundle, walk: { ...walk, opsHashes } });
        for (const consensusHashes of changedLists(walk.consensusHashes)) {
          refused({ ...bundle, walk: { ...walk, consensusHashes } });
        }
      }
      for (const changed of changedLists(dates)) refused({ ...bundle, dates: changed });
      if (operation !== null) {
        const { path } = operation;
        for (const neighbours of changedLists(path.neighbours)) {
          refused({ ...bundle, operation: { ...operation, path: { ...path, neighbours } } });
        }
      }
      for (const changed of changedLists(listed ?? [])) refused({ ...bundle, log: changed });
      (listed ?? []).forEach((block, i) => {
        if (i % 9 > 0) return;
        for (const texts of [block.texts.slice(1), [...block.texts, block.texts[0]!]]) {
          refused({ ...bundle, log: listed!.with(i, { ...block, texts }) });
        }
      });
    }
    expect(tried).toBeGreaterThan(100);
  });
});

describe("the file", () => {
  test("is read back to the same bundle", () => {
    for (const bundle of bundles) {
      expect(readBundle(writeBundle(bundle))).toEqual(bundle);
      const more: ProofBundle = {
        ...bundle,
        zonefile: Uint8Array.of(0, 255, 10),
        inclusion: {
          header: "ab".repeat(80),
          transaction: "0100",
          index: 3,
          neighbours: ["cd".repeat(32)],
          coinbase: { transaction: "0200", neighbours: ["ef".repeat(32)] },
        },
      };
      expect(readBundle(writeBundle(more))).toEqual(more);
    }
  });

  test("has one spelling", () => {
    const text = writeBundle(bundles[1]!);
    for (const other of [
      text.trimEnd(),
      ` ${text}`,
      JSON.stringify(JSON.parse(text)),
      text.replace('"version": 2', '"version": 2.0'),
      text.replace('"version": 2', '"version": 1'),
      text.replace('"format": "bsk proof",', '"format": "bsk proof",\n "format": "bsk proof",'),
      "null",
      "[]",
      "{",
      "",
    ]) {
      expect(() => readBundle(other)).toThrow(ParseError);
    }
    expect(() => readBundle(" ".repeat(LONGEST_BUNDLE + 1))).toThrow(ParseError);
  });

  test("of anything else is refused as a parse error", () => {
    const value = JSON.parse(writeBundle(bundles[1]!)) as Record<string, unknown>;
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(value)), fc.jsonValue(), (field, other) => {
        const text = `${JSON.stringify({ ...value, [field]: other }, null, 1)}\n`;
        try {
          readBundle(text);
        } catch (error) {
          expect(error).toBeInstanceOf(ParseError);
        }
      }),
      {
        numRuns: 500,
        examples: Object.keys(value).map((field): [string, fc.JsonValue] => [field, { toString: false }]),
      },
    );
  });
});

describe("a zone file", () => {
  test("goes with the record whose hash it has, and with no other", () => {
    for (const bundle of bundles) {
      expect(verifyBundle({ ...bundle, zonefile: Uint8Array.of(1) }, pin, network, held).kind).toBe("refuted");
    }
    const beyond = { ...bundles[0]!, pin: { ...pin, height: blockHeight(pin.height + 1) } };
    expect(verifyBundle(beyond, pin, network, held).kind).toBe("unproven");
  });
});
