import { describe, expect, test } from "vitest";
import { checkBundle, type CheckedBundle } from "../../src/bundle/check.ts";
import { type RelayFacts, type RelayJudgement, relayStep } from "../../src/bundle/step.ts";
import type { TransactionStatus } from "../../src/chain/source.ts";
import { blockHash, type Txid } from "../../src/primitives/hash.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import { REGTEST } from "../support/fake-node.ts";
import { signedBundle } from "../support/signed-bundle.ts";

const bundle = checkBundle(signedBundle(), REGTEST);
const { preorder, deathHeight } = bundle;
const { variants, spares } = bundle.register ?? { variants: [], spares: [] };
const BORN = deathHeight - REGTEST.consensusHashWindow;

const at = (height: number): TransactionStatus => ({
  kind: "confirmed",
  height: blockHeight(height),
  blockHash: blockHash("00".repeat(32)),
});
const MEMPOOL: TransactionStatus = { kind: "mempool" };
const ACCEPTED: RelayJudgement = { kind: "accepted" };
const ignoredBy = (rule: string): RelayJudgement => ({ kind: "ignored", reason: { rule, because: "so it is" } });

type Known = readonly (readonly [{ readonly txid: Txid } | undefined, TransactionStatus, RelayJudgement?])[];

function step(tipHeight: number, known: Known, more: Partial<RelayFacts> = {}, of: CheckedBundle = bundle) {
  const find = (txid: Txid) => known.find(([variant]) => variant?.txid === txid);
  return relayStep(of, {
    tipHeight,
    status: (txid) => find(txid)?.[1] ?? { kind: "unknown" },
    judgement: (txid) => find(txid)?.[2] ?? { kind: "not-indexed" },
    stakeSpentElsewhere: false,
    hashIsRight: true,
    estimates: new Map(),
    preorderConfirmations: 2,
    ...more,
  });
}

/** What a step sends, by its place in the bundle: "split", "preorder 0", "spare 3". */
function sends(of: ReturnType<typeof step>): readonly string[] {
  if (of.kind !== "send") return [of.kind];
  const names = new Map<Txid, string>([
    ...(bundle.split === null ? [] : [[bundle.split.txid, "split"] as const]),
    ...preorder.variants.map(({ txid }, i) => [txid, `preorder ${i}`] as const),
    ...variants.map(({ txid }, i) => [txid, `register ${i}`] as const),
    ...spares.map(({ txid }, i) => [txid, `spare ${i}`] as const),
  ]);
  return of.transactions.map(({ txid }) => names.get(txid) ?? "a stranger");
}

const SPLIT = [bundle.split ?? undefined, at(BORN)] as const;
const PREORDERED = [preorder.variants[1], at(BORN + 4), ACCEPTED] as const;

describe("the preorder", () => {
  test("the split goes first, once", () => {
    expect(sends(step(BORN, []))).toEqual(["split", "preorder 0"]);
    expect(sends(step(BORN, [SPLIT]))).toEqual(["preorder 0"]);
    expect(sends(step(BORN, [[bundle.split ?? undefined, MEMPOOL]]))).toEqual(["preorder 0"]);
  });

  test("the ladder is climbed as the hash's death comes near, and never down", () => {
    const sent = Array.from({ length: 24 }, (_, i) => {
      const [of = ""] = sends(step(BORN + i, [SPLIT, [preorder.variants[0], MEMPOOL]]));
      return of;
    });
    const climbed = sent.filter((of) => of !== "wait");
    expect(climbed.length).toBeGreaterThan(0);
    expect(sent.slice(0, 12)).toEqual(Array(12).fill("wait"));
    expect([...new Set(climbed)]).toEqual(["preorder 1", "preorder 2", "preorder 3"]);
    expect(sends(step(BORN + 23, [SPLIT, [preorder.variants[3], MEMPOOL]]))).toEqual(["wait"]);
    expect(sends(step(BORN, [SPLIT, [preorder.variants[2], MEMPOOL]]))).toEqual(["wait"]);
  });

  test.each([
    [1, 0],
    [9, 1],
    [15, 2],
    [1000, 3],
  ])("an estimate of %i satoshis asks for step %i", (rate, due) => {
    const estimates = new Map([[6, rate]]);
    expect(sends(step(BORN, [SPLIT], { estimates }))).toEqual([`preorder ${due}`]);
    const lower = preorder.variants[0];
    expect(sends(step(BORN, [SPLIT, [lower, MEMPOOL]], { estimates }))).toEqual([due > 0 ? `preorder ${due}` : "wait"]);
  });

  test("is not sent when it may confirm too late, and what waits is left alone once its hash is dead", () => {
    expect(step(deathHeight - 6, [SPLIT]).kind).toBe("send");
    for (const tip of [deathHeight - 5, deathHeight, deathHeight + 100]) {
      expect(step(tip, [SPLIT])).toMatchObject({ kind: "refused", rule: "bundle-dead" });
    }
    expect(sends(step(deathHeight - 1, [SPLIT, [preorder.variants[0], MEMPOOL]]))).toEqual(["preorder 3"]);
    expect(step(deathHeight, [SPLIT, [preorder.variants[0], MEMPOOL]])).toMatchObject({ rule: "bundle-dead" });
  });

  test("is not sent on a chain without its hash, nor before the node knows, nor when its coin is gone", () => {
    expect(step(BORN, [], { hashIsRight: false })).toMatchObject({ kind: "refused", rule: "bundle-of-another-chain" });
    expect(step(BORN, [], { hashIsRight: null }).kind).toBe("wait");
    expect(step(BORN, [], { stakeSpentElsewhere: true })).toMatchObject({ kind: "refused", rule: "bundle-cancelled" });
  });

  test("that was ignored ends it, with the reason and the money that is gone", () => {
    const late = [preorder.variants[0], at(BORN + 25), ignoredBy("consensus-hash-expired")] as const;
    const refused = step(BORN + 30, [SPLIT, late]);
    expect(refused).toMatchObject({ kind: "refused", rule: "preorder-ignored" });
    expect(JSON.stringify(refused)).toContain("consensus-hash-expired");
    expect(JSON.stringify(refused)).toContain("40000 satoshis");
  });
});

describe("the register", () => {
  test("waits for the preorder's confirmations and for the node's verdict, whichever preorder it is", () => {
    expect(step(BORN + 4, [SPLIT, PREORDERED]).kind).toBe("wait");
    expect(step(BORN + 9, [SPLIT, [preorder.variants[1], at(BORN + 4)]]).kind).toBe("wait");
    for (const variant of preorder.variants) {
      expect(sends(step(BORN + 5, [SPLIT, [variant, at(BORN + 4), ACCEPTED]]))).toEqual(["register 0"]);
    }
  });

  test("is also sent after the death of the preorder's hash", () => {
    expect(sends(step(deathHeight + 3, [SPLIT, PREORDERED]))).toEqual(["register 5"]);
  });

  test("climbs its ladder while it waits", () => {
    const waiting = [variants[0], MEMPOOL] as const;
    expect(sends(step(BORN + 6, [SPLIT, PREORDERED, waiting]))).toEqual(["wait"]);
    expect(sends(step(BORN + 4 + 20, [SPLIT, PREORDERED, waiting]))).toEqual(["register 4"]);
    expect(sends(step(BORN + 6, [SPLIT, PREORDERED, waiting], { estimates: new Map([[6, 39]]) }))).toEqual([
      "register 5",
    ]);
  });

  test("without its part of the bundle: done when the preorder counts", () => {
    const half = { ...bundle, register: null };
    expect(step(BORN + 5, [SPLIT, PREORDERED], {}, half)).toMatchObject({ kind: "done", state: "preorder-confirmed" });
    expect(step(BORN + 4, [SPLIT, PREORDERED], {}, half).kind).toBe("wait");
  });

  test.each(variants.map((variant, i) => [i, variant] as const))("variant %i accepted: done", (_, variant) => {
    const done = step(BORN + 9, [SPLIT, PREORDERED, [variant, at(BORN + 8), ACCEPTED]]);
    expect(done).toEqual({ kind: "done", state: "registered", txid: variant.txid });
  });

  test("after a collision, or when it was mined before its preorder, the spare goes out; after any other refusal nothing does", () => {
    const collided = [variants[2], at(BORN + 8), ignoredBy("name-collision")] as const;
    expect(sends(step(BORN + 9, [SPLIT, PREORDERED, collided]))).toEqual(["spare 0"]);
    const taken = [variants[2], at(BORN + 8), ignoredBy("name-registered")] as const;
    expect(step(BORN + 9, [SPLIT, PREORDERED, taken])).toMatchObject({ kind: "refused", rule: "register-ignored" });
    const early = [variants[0], at(BORN + 1), ignoredBy("preorder-not-found")] as const;
    expect(sends(step(BORN + 9, [SPLIT, PREORDERED, early]))).toEqual(["spare 0"]);
    const again = [spares[0], at(BORN + 9), ignoredBy("name-collision")] as const;
    expect(step(BORN + 9, [SPLIT, PREORDERED, collided, again])).toMatchObject({ rule: "register-ignored" });
    const saved = [spares[0], at(BORN + 9), ACCEPTED] as const;
    expect(step(BORN + 9, [SPLIT, PREORDERED, collided, saved])).toMatchObject({ kind: "done", txid: spares[0]?.txid });
    expect(step(BORN + 9, [SPLIT, PREORDERED, [variants[2], at(BORN + 8)]]).kind).toBe("wait");
  });
});
