/** The original run over synthetic transactions: every canonical text and every hash of epochs 1 to 3. */
import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { decidingNulldata } from "../../src/bitcoin/script.ts";
import { parseTransaction, transactionId } from "../../src/bitcoin/transaction.ts";
import { BskError } from "../../src/errors.ts";
import { fromHex, toHex } from "../../src/primitives/bytes.ts";
import { bnsMachine } from "../../src/rules/machine.ts";
import { appendBlock } from "../../src/virtualchain/engine.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { type ToyChain, toyCandidates, toyNetwork } from "../support/toy-chain.ts";
import { readVectors } from "../support/vectors.ts";

const FILES = readdirSync(new URL("../vectors/toy/", import.meta.url));

/** Chains that run into epochs paid in tokens: covered up to the last block before, which for some is none. */
const NOT_COVERED_BEYOND_EPOCH_3 = [
  "epoch34-namespace-btc-preorder-bug.json",
  "epoch4-namespace-v3.json",
  "epoch4-preorder-expire.json",
  "epoch4-tokens.json",
  "epoch5-token-zero-ch.json",
  "epochs-1-to-4.json",
];

describe("toy chains", () => {
  test.each(FILES)("%s", (file) => {
    const chain = readVectors(`toy/${file}`) as ToyChain;
    const network = toyNetwork(file, chain);
    const machine = bnsMachine(network);
    const store = new MemoryStore(network);
    const end = chain.config.epochs[2]!.end_block;
    for (const block of chain.blocks) {
      for (const { hex, txid, nulldata } of block.txs) {
        const transaction = parseTransaction(fromHex(hex));
        const data = decidingNulldata(transaction.outputs.map(({ script }) => script));
        expect(transactionId(transaction)).toBe(txid);
        expect(data === null ? null : toHex(data)).toBe(nulldata);
      }
      if (block.height > end) continue;
      const indexed = appendBlock(machine, store, toyCandidates(block, machine), network.firstBlock);
      expect(indexed.accepted.map(({ txid }) => txid)).toEqual(
        block.txs.filter(({ accepted }) => accepted).map(({ txid }) => txid),
      );
      expect(indexed.accepted.map(({ canonical }) => canonical)).toEqual(block.serialized_ops);
      expect(indexed.opsHash).toBe(block.ops_hash);
      expect(indexed.consensusHash).toBe(block.consensus_hash);
    }
  });

  test("the list of chains not covered beyond epoch 3 is what it should be", () => {
    const beyond = FILES.filter((file) => {
      const { config, blocks } = readVectors(`toy/${file}`) as ToyChain;
      return blocks.at(-1)!.height > config.epochs[2]!.end_block;
    });
    expect(beyond).toEqual(NOT_COVERED_BEYOND_EPOCH_3);
  });

  test("a block of an epoch paid in tokens is refused, not guessed", () => {
    const chain = readVectors("toy/epoch4-tokens.json") as ToyChain;
    const network = toyNetwork("tokens", chain);
    const machine = bnsMachine(network);
    const index = () =>
      appendBlock(machine, new MemoryStore(network), toyCandidates(chain.blocks[0]!, machine), network.firstBlock);
    expect(index).toThrow(BskError);
    expect(index).toThrow(expect.objectContaining({ kind: "machine", rule: "epoch-not-supported" }));
  });
});
