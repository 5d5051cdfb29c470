import { beforeAll, describe, expect, test } from "vitest";
import { parseHeader } from "../../src/bitcoin/header.ts";
import { readReplayFile } from "../../src/chain/replay-file.ts";
import { gatherEmbedded } from "../../src/lightnode/attest.ts";
import type { EmbeddedHash } from "../../src/lightnode/embedded-hashes.ts";
import { serializeTransaction } from "../../src/bitcoin/transaction.ts";
import { concat, fromHex, toHex } from "../../src/primitives/bytes.ts";
import { sha256d } from "../../src/primitives/digest.ts";
import { type BlockHash, txid, txidOf } from "../../src/primitives/hash.ts";
import { type BlockHeight, blockHeight } from "../../src/primitives/units.ts";
import { type Inclusion, proveInclusion, verifyInclusion } from "../../src/verify/inclusion.ts";
import { chainOf, coinbase } from "../support/linked-chain.ts";
import { spending } from "../support/raw-block.ts";
import { vectorFiles } from "../support/vector.ts";

let blocks: readonly Uint8Array[];
let operations: readonly EmbeddedHash[];
const hashAt = (height: BlockHeight): BlockHash | null =>
  blocks[height] === undefined ? null : parseHeader(blocks[height]).hash;
const proofOf = ({ height, vtxindex }: EmbeddedHash): Inclusion => proveInclusion(blocks[height]!, vtxindex);
const check = (proof: Inclusion, operation: EmbeddedHash, height = operation.height) =>
  verifyInclusion(proof, operation, height, hashAt);

beforeAll(async () => {
  const replay = await readReplayFile(vectorFiles().find(({ name }) => name === "fuzz/fuzz_e3")!.path);
  blocks = (await chainOf(replay)).map(({ raw }) => raw);
  const range = { from: replay.network.firstBlock, to: blocks.length - 1 };
  operations = await gatherEmbedded(replay.source, replay.network, range, () => undefined);
});

describe("a transaction in a block", () => {
  test("every operation of a chain, at its height and at no other", () => {
    for (const operation of operations) {
      const proof = proofOf(operation);
      expect(check(proof, operation)).toEqual({ kind: "proven", value: operation.height });
      for (const other of [operation.height - 1, operation.height + 1]) {
        const outcome = check(proof, operation, blockHeight(other));
        expect(outcome.kind).toBe(other < blocks.length ? "refuted" : "unproven");
      }
    }
  });

  test("is refused with any bit of any byte flipped, and any hash left out or repeated", () => {
    const operation = operations.find(({ height }) => proveInclusion(blocks[height]!, 0).neighbours.length > 1)!;
    const proof = proofOf(operation);
    const bad = (changed: Inclusion) => {
      expect(check(changed, operation).kind).toBe("refuted");
    };
    const flips = (hex: string) =>
      Array.from({ length: hex.length / 2 }, (_, at) => {
        const bytes = fromHex(hex);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
        return toHex(bytes);
      });
    for (const header of flips(proof.header)) bad({ ...proof, header });
    for (const transaction of flips(proof.transaction)) bad({ ...proof, transaction });
    for (const transaction of flips(proof.coinbase.transaction)) {
      bad({ ...proof, coinbase: { ...proof.coinbase, transaction } });
    }
    for (const [part, put] of [
      [proof.neighbours, (neighbours: readonly string[]) => ({ ...proof, neighbours })],
      [
        proof.coinbase.neighbours,
        (neighbours: readonly string[]) => ({ ...proof, coinbase: { ...proof.coinbase, neighbours } }),
      ],
    ] as const) {
      part.forEach((hash, i) => {
        for (const flipped of flips(hash)) bad(put(part.with(i, flipped)));
        bad(put(part.toSpliced(i, 1)));
        bad(put(part.toSpliced(i, 0, hash)));
        bad(put(part.with(i, hash.slice(2))));
      });
    }
    for (const index of [proof.index + 1, proof.index ^ 1, -1, 0.5, 2 ** 32]) bad({ ...proof, index });
    bad({ ...proof, header: proof.header.slice(2) });
    bad({ ...proof, header: `${proof.header}00` });
    bad({ ...proof, transaction: "" });
    bad({ ...proof, transaction: `${proof.transaction}00` });
    bad({ ...proof, transaction: "zz" });
  });

  test("is that of the operation: another one of the same block, or another index, is refused", () => {
    const operation = operations[0]!;
    const proof = proofOf(operation);
    expect(check(proof, { ...operation, txid: txid("00".repeat(32)) }).kind).toBe("refuted");
    expect(check(proof, { ...operation, vtxindex: operation.vtxindex + 1 }).kind).toBe("refuted");
    expect(check(proveInclusion(blocks[operation.height]!, 0), operation).kind).toBe("refuted");
  });

  test("is unproven above the headers, and refused where they have another block", () => {
    const operation = operations.at(-1)!;
    const proof = proofOf(operation);
    expect(verifyInclusion(proof, operation, operation.height, () => null).kind).toBe("unproven");
    const other = hashAt(blockHeight(1));
    expect(verifyInclusion(proof, operation, operation.height, () => other).kind).toBe("refuted");
  });
});

describe("what Bitcoin's tree does not tell apart", () => {
  const first = serializeTransaction(coinbase(7, Uint8Array.of(0x51)));
  const hex = (...bytes: readonly Uint8Array[]) => toHex(sha256d(concat(...bytes)));
  /** A header with this root. */
  const headed = (root: string) => {
    const header = new Uint8Array(80);
    header.set(fromHex(root), 36);
    return header;
  };
  const judged = (proof: Inclusion, operation: { readonly txid: ReturnType<typeof txid>; readonly vtxindex: number }) =>
    verifyInclusion(proof, operation, blockHeight(1), () => parseHeader(fromHex(proof.header)).hash);
  const fake = serializeTransaction(spending([{ value: 1n, script: Uint8Array.of(0x6a, 1, 1) }]));

  test("a transaction under one of 64 bytes that reads as two hashes: it is deeper than the coinbase", () => {
    const beside = sha256d(Uint8Array.of(1));
    const node = concat(beside, sha256d(fake)); // what somebody had mined as a transaction
    const root = hex(sha256d(first), sha256d(node));
    const proof: Inclusion = {
      header: toHex(headed(root)),
      transaction: toHex(fake),
      index: 3,
      neighbours: [toHex(beside), hex(first)],
      coinbase: { transaction: toHex(first), neighbours: [hex(node)] },
    };
    expect(judged(proof, { txid: txidOf(sha256d(fake)), vtxindex: 3 })).toMatchObject({
      kind: "refuted",
      because: expect.stringContaining("equally deep") as string,
    });
    const deeper = { ...proof, coinbase: { transaction: toHex(first), neighbours: [hex(node), hex(node)] } };
    expect(judged(deeper, { txid: txidOf(sha256d(fake)), vtxindex: 3 }).kind).toBe("refuted");
  });

  test("a node taken for a transaction of 64 bytes", () => {
    const others = [fake, serializeTransaction(spending([{ value: 2n, script: Uint8Array.of(0x51) }]))];
    const [left, right] = [concat(sha256d(first), sha256d(fake)), concat(sha256d(others[0]!), sha256d(others[1]!))];
    const root = hex(sha256d(left), sha256d(right));
    const proof: Inclusion = {
      header: toHex(headed(root)),
      transaction: toHex(right),
      index: 1,
      neighbours: [hex(left)],
      coinbase: { transaction: toHex(first), neighbours: [hex(right)] },
    };
    expect(judged(proof, { txid: txidOf(sha256d(right)), vtxindex: 1 }).kind).toBe("refuted");
  });

  test("the repetition of the last transaction of an odd row is no other transaction", () => {
    const transactions = [first, fake, serializeTransaction(spending([{ value: 3n, script: Uint8Array.of(0x51) }]))];
    const leaves = transactions.map((each) => sha256d(each));
    const [left, right] = [sha256d(concat(leaves[0]!, leaves[1]!)), sha256d(concat(leaves[2]!, leaves[2]!))];
    const proof: Inclusion = {
      header: toHex(headed(hex(left, right))),
      transaction: toHex(transactions[2]!),
      index: 2,
      neighbours: [toHex(leaves[2]!), toHex(left)],
      coinbase: { transaction: toHex(first), neighbours: [toHex(leaves[1]!), toHex(right)] },
    };
    const operation = { txid: txidOf(leaves[2]!), vtxindex: 2 };
    expect(judged(proof, operation).kind).toBe("proven");
    expect(judged({ ...proof, index: 3 }, { ...operation, vtxindex: 3 }).kind).toBe("refuted");
  });

  test("a first transaction that creates no coins, and one with witnesses", () => {
    const leaves = [fake, first].map((each) => sha256d(each));
    const proof: Inclusion = {
      header: toHex(headed(hex(leaves[0]!, leaves[1]!))),
      transaction: toHex(first),
      index: 1,
      neighbours: [toHex(leaves[0]!)],
      coinbase: { transaction: toHex(fake), neighbours: [toHex(leaves[1]!)] },
    };
    expect(judged(proof, { txid: txidOf(leaves[1]!), vtxindex: 1 }).kind).toBe("refuted");
    const alone: Inclusion = { ...proof, header: toHex(headed(toHex(sha256d(first)))), index: 0, neighbours: [] };
    const itself = { ...alone, coinbase: { transaction: toHex(first), neighbours: [] } };
    expect(judged(itself, { txid: txidOf(sha256d(first)), vtxindex: 0 }).kind).toBe("proven");
    const marked = toHex(
      concat(first.subarray(0, 4), Uint8Array.of(0, 1), first.subarray(4, -4), Uint8Array.of(0), first.subarray(-4)),
    );
    expect(judged({ ...itself, transaction: marked }, { txid: txidOf(sha256d(first)), vtxindex: 0 }).kind).toBe(
      "refuted",
    );
  });
});
