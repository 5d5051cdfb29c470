/** Proofs that headers place: an operation's transaction in its block, on a chain with real proofs of work. */
import { beforeAll, describe, expect, test } from "vitest";
import { parseHeader } from "../../src/bitcoin/header.ts";
import { readReplayFile } from "../../src/chain/replay-file.ts";
import { parseHashedRecord } from "../../src/ops/hashed-record.ts";
import { type BlockHeight, blockHeight } from "../../src/primitives/units.ts";
import type { Network } from "../../src/protocol/network-definition.ts";
import type { HeldOperation, ProofBundle } from "../../src/verify/bundle.ts";
import { readBundle, writeBundle } from "../../src/verify/bundle-file.ts";
import { proveInclusion } from "../../src/verify/inclusion.ts";
import { proveBundle } from "../../src/verify/prove-bundle.ts";
import { datedHeight } from "../../src/verify/self-dated.ts";
import { verifyBundle } from "../../src/verify/verify-bundle.ts";
import { replayedChain } from "../support/hashed-chain.ts";
import { chainOf } from "../support/linked-chain.ts";
import { provableChain, type TestChain } from "../support/provable-chain.ts";
import { vectorFiles } from "../support/vector.ts";

const { path } = vectorFiles().find(({ name }) => name === "fuzz/fuzz_e3")!;
const hashed = replayedChain(path);
const pin = hashed.anchorAt(hashed.tip);
let network: Network;
let chain: TestChain;
let blocks: readonly Uint8Array[];
const blockHashAt = (height: BlockHeight) => (blocks[height] === undefined ? null : parseHeader(blocks[height]).hash);

/** The proof with the operation's transaction in a block. */
const withInclusion = (bundle: ProofBundle, height = bundle.operation!.height as number): ProofBundle => ({
  ...bundle,
  inclusion: proveInclusion(blocks[height]!, indexOf(bundle.operation!)),
});
const indexOf = ({ text }: HeldOperation) => parseHashedRecord(text).vtxindex;
const included = (name: TestChain["names"][number], of: TestChain = chain) => {
  const made = proveBundle(chain.request(name, { level: "included" }), of);
  if (made.kind !== "made") throw new Error(made.because);
  return made.bundle;
};

beforeAll(async () => {
  const replay = await readReplayFile(path);
  ({ network } = replay);
  chain = provableChain(hashed, network.id);
  blocks = (await chainOf(replay)).map(({ raw }) => raw);
});

describe("an operation's transaction in its block", () => {
  test("places every name for a reader with headers, and claims no height for one without", () => {
    let undated = 0;
    for (const name of chain.names) {
      const bundle = readBundle(writeBundle(withInclusion(included(name))));
      const { height } = bundle.operation!;
      expect(verifyBundle(bundle, pin, network, { blockHashAt })).toMatchObject({
        kind: "proven",
        value: { level: "placed", height },
      });
      if (datedHeight(parseHashedRecord(bundle.operation!.text)) !== null) continue;
      undated++;
      for (const held of [{}, { blockHashAt: () => null }]) {
        const outcome = verifyBundle(bundle, pin, network, held);
        expect(outcome).toMatchObject({ kind: "proven", value: { level: "included" } });
      }
    }
    expect(undated).toBeGreaterThan(5);
  });

  test("does not carry an operation to another block (spec 04 §7.1)", () => {
    let moved = 0;
    for (const name of chain.names) {
      const { height } = included(name).operation!;
      for (const [higher, lower] of [[hashed.tip - 1, height]] as const) {
        // Two blocks to which the pin's block commits change places, if they do: the walk cannot tell.
        const swap = (at: number) => (at === higher ? lower : at === lower ? higher : at);
        const lying: TestChain = {
          ...chain,
          opsHashAt: (at) => hashed.opsHashAt(swap(at)),
          consensusHashAt: (at) => hashed.consensusHashAt(swap(at)),
          operationsAt: (at) => hashed.operationsAt(swap(at)),
          latestOn: (subject, upTo) => {
            const found = chain.latestOn(subject, upTo);
            return found === null ? null : { ...found, height: blockHeight(swap(found.height)) };
          },
        };
        const bundle = included(name, lying);
        if (bundle.operation!.height === height) continue;
        moved++;
        const own = verifyBundle(withInclusion(bundle, height), pin, network, { blockHashAt });
        expect(own.kind).toBe("refuted");
      }
    }
    expect(moved).toBeGreaterThan(3);
  });

  test("of another block, or of another operation, is refused", () => {
    const [one, other] = chain.names.map((name) => included(name));
    const bundle = withInclusion(one!);
    const refused = (changed: ProofBundle) => {
      expect(verifyBundle(changed, pin, network, { blockHashAt }).kind).toBe("refuted");
    };
    refused({ ...bundle, inclusion: withInclusion(other!).inclusion });
    refused({ ...bundle, inclusion: { ...bundle.inclusion!, index: bundle.inclusion!.index + 1 } });
    refused({ ...bundle, inclusion: { ...bundle.inclusion!, header: withInclusion(other!).inclusion!.header } });
    const strange = () => blockHashAt(blockHeight(0));
    expect(verifyBundle(bundle, pin, network, { blockHashAt: strange }).kind).toBe("refuted");
  });

  test("is checked in a proof that is placed without it, too", () => {
    const name = chain.names[0]!;
    const made = proveBundle(chain.request(name), chain);
    if (made.kind !== "made") throw new Error(made.because);
    const bundle = withInclusion(made.bundle);
    expect(verifyBundle(bundle, pin, network, { blockHashAt }).kind).toBe("proven");
    const wrong = { ...bundle, inclusion: { ...bundle.inclusion!, header: "00".repeat(80) } };
    expect(verifyBundle(wrong, pin, network, { blockHashAt }).kind).toBe("refuted");
  });
});
