import { describe, expect, test } from "vitest";
import { consensusHash, opsHash } from "../../src/primitives/hash.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import { planWalk, proveWalk, verifyWalk, type WalkProof } from "../../src/verify/name-walk.ts";
import { opsHashOf } from "../../src/verify/ops-hash.ts";
import { fromHex } from "../../src/primitives/bytes.ts";
import { startSpine, verifySpine } from "../../src/verify/spine.ts";
import { replayedChain, toyHashes } from "../support/hashed-chain.ts";
import { readReplayVector, readVectors, replayVectors } from "../support/vectors.ts";

const flipped = <T extends string>(hex: T): T =>
  `${hex.slice(0, -1)}${(parseInt(hex.slice(-1), 16) ^ 1).toString(16)}` as T;

describe("what the original's light client fetched", () => {
  interface Fetched {
    readonly trustedHeight: number;
    readonly trustedConsensusHash: string;
    readonly height: number;
    readonly fetched: {
      readonly opsHashes: Readonly<Record<string, string>>;
      readonly consensusHashes: Readonly<Record<string, string>>;
    };
  }

  test.each(replayVectors("scenarios", "fuzz", "integration"))("proves the same with our walk: $vector", ({ path }) => {
    const { queries, expected } = readReplayVector(path);
    for (const asked of queries.snv as readonly Fetched[]) {
      const { steps, leaves } = planWalk(asked.trustedHeight, asked.height, expected[0]!.height);
      const proof: WalkProof = {
        opsHashes: steps.map((height) => opsHash(asked.fetched.opsHashes[height] ?? "missing")),
        consensusHashes: leaves.map((height) => consensusHash(asked.fetched.consensusHashes[height] ?? "missing")),
      };
      const pin = {
        height: blockHeight(asked.trustedHeight),
        consensusHash: consensusHash(asked.trustedConsensusHash),
      };
      const outcome = verifyWalk(pin, asked.height, expected[0]!.height, proof);
      expect(outcome).toEqual({ kind: "proven", value: asked.fetched.opsHashes[asked.height] });
    }
  });
});

describe("a walk", () => {
  const chain = replayedChain(replayVectors("fuzz")[0]!.path);
  const { firstBlock, tip } = chain;
  const pin = chain.anchorAt(tip);

  test("reaches every block, with each hash once", () => {
    for (let target = firstBlock as number; target <= tip; target++) {
      const proof = proveWalk(tip, target, firstBlock, chain);
      expect(verifyWalk(pin, target, firstBlock, proof)).toEqual({ kind: "proven", value: chain.opsHashAt(target) });
      expect(new Set(proof.consensusHashes).size).toBe(proof.consensusHashes.length);
      expect(proof.opsHashes.length).toBeLessThanOrEqual(1 + Math.floor(Math.log2(tip - target + 1)) + 1);
    }
  });

  test("is refuted with any hash changed, exchanged or repeated, and under any other pin", () => {
    const target = firstBlock + 5;
    const proof = proveWalk(tip, target, firstBlock, chain);
    const refutes = (changed: WalkProof, trusted = pin) => {
      expect(verifyWalk(trusted, target, firstBlock, changed).kind).toBe("refuted");
    };
    proof.opsHashes.forEach((hash, i) => {
      refutes({ ...proof, opsHashes: proof.opsHashes.with(i, flipped(hash)) });
    });
    proof.consensusHashes.forEach((hash, i) => {
      refutes({ ...proof, consensusHashes: proof.consensusHashes.with(i, flipped(hash)) });
      const other = (i + 1) % proof.consensusHashes.length;
      refutes({ ...proof, consensusHashes: proof.consensusHashes.with(i, proof.consensusHashes[other]!) });
    });
    refutes(proof, { ...pin, consensusHash: flipped(pin.consensusHash) });
    refutes(proof, { ...pin, consensusHash: chain.consensusHashAt(tip - 1) });
    refutes({ ...proof, opsHashes: [...proof.opsHashes, proof.opsHashes[0]!] });
    refutes({ ...proof, consensusHashes: [...proof.consensusHashes, consensusHash("00".repeat(16))] });
  });

  test("with a hash left out is unproven, and says what is needed", () => {
    const target = firstBlock + 5;
    const proof = proveWalk(tip, target, firstBlock, chain);
    for (const shorter of [
      { ...proof, opsHashes: proof.opsHashes.slice(1) },
      { ...proof, consensusHashes: proof.consensusHashes.slice(0, -1) },
      { opsHashes: [], consensusHashes: [] },
    ]) {
      const outcome = verifyWalk(pin, target, firstBlock, shorter);
      expect(outcome).toMatchObject({ kind: "unproven", missing: expect.stringContaining(`from ${tip} to ${target}`) });
    }
  });

  test("cannot go up, or below the first block", () => {
    expect(() => planWalk(tip, tip + 1, firstBlock)).toThrow(RangeError);
    expect(() => planWalk(tip, firstBlock - 1, firstBlock)).toThrow(RangeError);
  });
});

/** An old zone file at a later block: spec 04 §7.1. */
describe("the known attack on the classic walk", () => {
  const chain = toyHashes("epoch3-snv-chain.json");
  interface Exchange {
    readonly target: number;
    readonly exchange: readonly { readonly call: string; readonly args: unknown; readonly reply: unknown }[];
  }
  const { attack, honest, trusted_height, trusted_ch } = readVectors("light-node-snv.json") as {
    readonly attack: Exchange;
    readonly honest: readonly Exchange[];
    readonly trusted_height: number;
    readonly trusted_ch: string;
  };
  const pin = { height: blockHeight(trusted_height), consensusHash: consensusHash(trusted_ch) };
  /** The walk that an exchange of the original's calls amounts to, and the operations that the server gave. */
  const walkOf = ({ target, exchange }: Exchange) => {
    const labels: Record<number, string> = {};
    const opsHashes: Record<number, string> = {};
    for (const { call, args, reply } of exchange) {
      if (call === "get_consensus_hashes") Object.assign(labels, reply);
      if (call === "get_blockstack_ops_hash_at") opsHashes[args as number] = reply as string;
    }
    const { steps, leaves } = planWalk(pin.height, target, chain.firstBlock);
    return {
      opsHashes: steps.map((height) => opsHash(opsHashes[height] ?? "missing")),
      consensusHashes: leaves.map((height) => consensusHash(labels[height] ?? "missing")),
    };
  };
  const spine = startSpine(chain.firstBlock);
  for (let height = chain.firstBlock as number; height <= chain.tip; height++) {
    spine.append(fromHex(chain.opsHashAt(height)));
  }

  test.each(honest)("honest, to block $target", (exchange) => {
    const outcome = verifyWalk(pin, exchange.target, chain.firstBlock, walkOf(exchange));
    expect(outcome).toEqual({ kind: "proven", value: chain.opsHashAt(exchange.target) });
  });

  test("passes the walk, which therefore claims no height, and is caught by the spine", () => {
    const outcome = verifyWalk(pin, attack.target, chain.firstBlock, walkOf(attack));
    expect(outcome).toEqual({ kind: "proven", value: chain.opsHashAt(133) }); // a block before the pin, not block 139
    expect(attack.target).toBe(139);
    expect(verifySpine(pin, spine).kind).toBe("proven");
    expect(spine.opsHashAt(139)).not.toBe(chain.opsHashAt(133));
    expect(opsHashOf(chain.operationsAt(139))).toBe(spine.opsHashAt(139));
  });
});
