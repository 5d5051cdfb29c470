import { expect, test } from "vitest";
import { BUILT_IN, networkOf } from "../../src/protocol/network-definition.ts";
import { type ConsensusHash, consensusHash, networkId } from "../../src/primitives/hash.ts";
import { chooseConsensusHash, type HashWitness } from "../../src/spending/consensus-choice.ts";

const NETWORK = networkOf(BUILT_IN.find(({ name }) => name === "regtest")!);

const hashOf = (height: number): ConsensusHash => consensusHash(height.toString(16).padStart(32, "0"));

function witness(
  url: string,
  own: boolean,
  height: number,
  answer: (height: number) => ConsensusHash | null = hashOf,
): HashWitness {
  return {
    url,
    own,
    tip: () => Promise.resolve({ networkId: NETWORK.id, height }),
    consensusHashAt: (at) => Promise.resolve(answer(at)),
  };
}

test("the own node suffices: a few blocks below its tip, alive for 24 blocks", async () => {
  expect(await chooseConsensusHash([witness("a", true, 200)], NETWORK)).toEqual({
    hash: hashOf(197),
    height: 197,
    deathHeight: 221,
    from: ["a"],
  });
});

test("a young chain: never below the first block", async () => {
  expect((await chooseConsensusHash([witness("a", true, 2)], NETWORK)).height).toBe(1);
});

test("one foreign node is never enough, nor the same node twice", async () => {
  await expect(chooseConsensusHash([witness("a", false, 200)], NETWORK)).rejects.toMatchObject({ kind: "unproven" });
  await expect(
    chooseConsensusHash([witness("a", false, 200), witness("a", false, 200)], NETWORK),
  ).rejects.toMatchObject({
    kind: "unproven",
  });
  await expect(chooseConsensusHash([], NETWORK)).rejects.toMatchObject({ kind: "unproven" });
});

test("two foreign nodes that agree, at the height that both have", async () => {
  const chosen = await chooseConsensusHash([witness("a", false, 200), witness("b", false, 198)], NETWORK);
  expect(chosen).toMatchObject({ height: 195, from: ["a", "b"] });
});

test("two nodes that contradict each other, or one that knows nothing, are refuted", async () => {
  const liar = witness("b", false, 200, () => consensusHash("ff".repeat(16)));
  await expect(chooseConsensusHash([witness("a", false, 200), liar], NETWORK)).rejects.toMatchObject({
    kind: "refuted",
  });
  const silent = witness("b", false, 200, () => null);
  await expect(chooseConsensusHash([witness("a", false, 200), silent], NETWORK)).rejects.toMatchObject({
    kind: "refuted",
  });
});

test("a node of another network is refused", async () => {
  const foreign: HashWitness = {
    ...witness("a", true, 200),
    tip: () => Promise.resolve({ networkId: networkId("00".repeat(32)), height: 200 }),
  };
  await expect(chooseConsensusHash([foreign], NETWORK)).rejects.toMatchObject({ kind: "usage" });
});
