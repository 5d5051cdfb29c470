/** How fast a light node hashes a spine and an operation log forward: against the hashing alone that they need. */
import { fromLatin1 } from "../../src/primitives/bytes.ts";
import { hash160, sha256d } from "../../src/primitives/digest.ts";
import { CONSENSUS_HASH_BYTES } from "../../src/verify/consensus-hash.ts";
import { startLog } from "../../src/verify/op-log.ts";
import { skipListHeights } from "../../src/verify/skip-list.ts";
import { OPS_HASH_BYTES, startSpine } from "../../src/verify/spine.ts";
import type { Benchmark } from "./benchmark.ts";
import { buildChain } from "./built-chain.ts";
import { inTurns } from "./rounds.ts";

/** Blocks of the spine; blocks of the log, and the births of names in each of them. */
const SIZES = {
  tiny: { spine: 200, log: { blocks: 6, births: 2 } },
  full: { spine: 6000, log: { blocks: 150, births: 8 } },
} as const;
const ROUNDS = { tiny: { warmUp: 1, counted: 2 }, full: { warmUp: 3, counted: 11 } } as const;

/** The hashes of a tree over leaves of these sizes, of bytes that mean nothing: no leaf is sorted, copied or turned round. */
function hashTree(leaves: readonly number[], pairs: ReadonlyMap<number, Uint8Array>): void {
  let sizes = leaves;
  while (sizes.length > 1) {
    const above: number[] = [];
    for (let i = 0; i < sizes.length; i += 2) {
      const left = sizes[i] ?? 0;
      sha256d(pairs.get(left + (sizes[i + 1] ?? left)) ?? new Uint8Array());
      above.push(OPS_HASH_BYTES);
    }
    sizes = above;
  }
}

const PAIRS = new Map([32, 48, 64].map((size) => [size, new Uint8Array(size).fill(size)]));
const ROOT = new Uint8Array(OPS_HASH_BYTES).fill(7);

/** What one block of a spine needs: the tree over its skip list and its ops hash, and the hash of the root. */
function hashBlock(height: number): void {
  hashTree([...skipListHeights(height, 0).map(() => CONSENSUS_HASH_BYTES), OPS_HASH_BYTES], PAIRS);
  hash160(ROOT);
}

export const spineVsHashing: Benchmark = {
  name: "spine-vs-hashing",
  unit: "blocks/s",
  aim: { atLeast: 0.5 },
  async measure(size) {
    const { spine: blocks } = SIZES[size];
    const opsHashes = Array.from({ length: blocks }, (_, i) =>
      i % 3 === 0 ? sha256d(Uint8Array.of(i, i >> 8)) : null,
    );
    const { ours, theirs } = await inTurns(
      {
        work: () => {
          const spine = startSpine(0);
          for (const hash of opsHashes) spine.append(hash);
        },
      },
      {
        work: () => {
          for (let height = 0; height < blocks; height++) hashBlock(height);
        },
      },
      ROUNDS[size],
    );
    return { value: blocks / ours, limit: blocks / theirs };
  },
};

export const opLogVsHashing: Benchmark = {
  name: "oplog-vs-hashing",
  unit: "operations/s",
  aim: { atLeast: 0.5 },
  async measure(size) {
    const { store, indexed } = buildChain(SIZES[size].log);
    store.close();
    const blocks = indexed.map(({ accepted }) =>
      accepted.flatMap(({ canonical }) => (canonical === null ? [] : [canonical])),
    );
    const leaves = blocks.map((texts) => texts.map(fromLatin1));
    const operations = blocks.reduce((sum, texts) => sum + texts.length, 0);
    const { ours, theirs } = await inTurns(
      {
        work: () => {
          const log = startLog(0);
          for (const texts of blocks) log.append(texts);
        },
      },
      {
        work: () => {
          leaves.forEach((texts, height) => {
            for (const text of texts) sha256d(text);
            hashTree(
              texts.map(() => OPS_HASH_BYTES),
              PAIRS,
            );
            hashBlock(height);
          });
        },
      },
      ROUNDS[size],
    );
    return { value: operations / ours, limit: operations / theirs };
  },
};
