import { describe, expect, test } from "vitest";
import { fromHex } from "../../src/primitives/bytes.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import { EMPTY_OPS_HASH } from "../../src/verify/ops-hash.ts";
import { type Spine, startSpine, verifySpine } from "../../src/verify/spine.ts";
import { type HashedChain, replayedChain } from "../support/hashed-chain.ts";
import { replayVectors } from "../support/vectors.ts";

/** The spine that a server makes of a chain, with some of its ops hashes replaced. */
function spineOf(chain: HashedChain, last: number = chain.tip, instead: Readonly<Record<number, string>> = {}): Spine {
  const spine = startSpine(chain.firstBlock);
  for (let height = chain.firstBlock as number; height <= last; height++) {
    const ops = instead[height] ?? chain.opsHashAt(height);
    spine.append(ops === EMPTY_OPS_HASH ? null : fromHex(ops));
  }
  return spine;
}

const [first, ...others] = replayVectors("fuzz");
const chain = replayedChain(first!.path);

test.each([first!, ...others])("every consensus hash of $vector is a function of its ops hashes", ({ path }) => {
  const hashed = replayedChain(path);
  const spine = spineOf(hashed);
  expect(spine.height()).toBe(hashed.tip);
  for (let height = hashed.firstBlock as number; height <= hashed.tip; height++) {
    expect(spine.consensusHashAt(height)).toBe(hashed.consensusHashAt(height));
    expect(spine.opsHashAt(height)).toBe(hashed.opsHashAt(height));
  }
  expect(verifySpine(hashed.anchorAt(hashed.tip), spine)).toMatchObject({ kind: "proven" });
});

describe("a spine is refuted", () => {
  const pin = chain.anchorAt(chain.tip);

  test("with one bit of one ops hash changed, at any height up to the pin", () => {
    for (let height = chain.firstBlock as number; height <= chain.tip; height += 7) {
      const ops = chain.opsHashAt(height);
      const changed = `${ops.slice(0, 63)}${(parseInt(ops[63]!, 16) ^ 1).toString(16)}`;
      expect(verifySpine(pin, spineOf(chain, chain.tip, { [height]: changed }))).toMatchObject({ kind: "refuted" });
    }
  });

  test("with two blocks exchanged", () => {
    const busy = Array.from({ length: chain.tip - chain.firstBlock }, (_, i) => chain.firstBlock + i).filter(
      (height) => chain.opsHashAt(height) !== chain.opsHashAt(height + 1),
    );
    expect(busy.length).toBeGreaterThan(10);
    for (const height of busy) {
      const instead = { [height]: chain.opsHashAt(height + 1), [height + 1]: chain.opsHashAt(height) };
      expect(verifySpine(pin, spineOf(chain, chain.tip, instead)).kind).toBe("refuted");
    }
  });

  test("with a block left out, or one too many", () => {
    const spine = startSpine(chain.firstBlock);
    for (let height = chain.firstBlock + 1; height <= chain.tip; height++) {
      spine.append(fromHex(chain.opsHashAt(height)));
    }
    spine.append(null);
    expect(verifySpine(pin, spine).kind).toBe("refuted");
    expect(verifySpine({ ...pin, height: blockHeight(pin.height - 1) }, spine).kind).toBe("refuted");
  });

  test("by a pin of another height, or before the first block", () => {
    const spine = spineOf(chain);
    expect(verifySpine(chain.anchorAt(chain.tip - 1), spine).kind).toBe("proven");
    const { consensusHash } = chain.anchorAt(chain.tip - 1);
    expect(verifySpine({ height: chain.tip, consensusHash }, spine).kind).toBe("refuted");
    expect(verifySpine({ ...pin, height: blockHeight(chain.firstBlock - 1) }, spine).kind).toBe("refuted");
  });
});

test("a spine that ends before the pin proves nothing, and says what is missing", () => {
  const short = spineOf(chain, chain.tip - 3);
  expect(verifySpine(chain.anchorAt(chain.tip), short)).toEqual({
    kind: "unproven",
    missing: `the ops hashes of blocks ${chain.tip - 2} to ${chain.tip}`,
  });
  expect(verifySpine(chain.anchorAt(chain.tip), startSpine(chain.firstBlock)).kind).toBe("unproven");
});

test("heights outside of it, and hashes of another size, are the caller's mistake", () => {
  const spine = spineOf(chain, chain.firstBlock + 5);
  expect(() => spine.consensusHashAt(chain.firstBlock - 1)).toThrow(RangeError);
  expect(() => spine.opsHashAt(chain.firstBlock + 6)).toThrow(RangeError);
  expect(() => spine.append(new Uint8Array(31))).toThrow(RangeError);
  expect(spine.height()).toBe(chain.firstBlock + 5);
});
