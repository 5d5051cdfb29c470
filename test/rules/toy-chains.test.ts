/** The original run over synthetic transactions: every canonical text and every hash. */
import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { decidingNulldata } from "../../src/bitcoin/script.ts";
import { parseTransaction, transactionId } from "../../src/bitcoin/transaction.ts";
import { fromHex, toHex } from "../../src/primitives/bytes.ts";
import { bnsMachine } from "../../src/rules/machine.ts";
import { allocationOf } from "../../src/tokens/allocation.ts";
import { appendBlock } from "../../src/virtualchain/engine.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { type ToyChain, toyCandidates, toyNetwork } from "../support/toy-chain.ts";
import { readVectors } from "../support/vectors.ts";

const FILES = readdirSync(new URL("../vectors/toy/", import.meta.url));

describe("toy chains", () => {
  test.each(FILES)("%s", (file) => {
    const chain = readVectors(`toy/${file}`) as ToyChain;
    const network = toyNetwork(file, chain);
    const machine = bnsMachine(network, [], allocationOf(chain.genesis_accounts));
    const store = new MemoryStore(network);
    for (const block of chain.blocks) {
      for (const { hex, txid, nulldata } of block.txs) {
        const transaction = parseTransaction(fromHex(hex));
        const data = decidingNulldata(transaction.outputs.map(({ script }) => script));
        expect(transactionId(transaction)).toBe(txid);
        expect(data === null ? null : toHex(data)).toBe(nulldata);
      }
      const indexed = appendBlock(machine, store, toyCandidates(block, machine), network.firstBlock);
      expect(indexed.accepted.map(({ txid }) => txid)).toEqual(
        block.txs.filter(({ accepted }) => accepted).map(({ txid }) => txid),
      );
      expect(indexed.accepted.map(({ canonical }) => canonical)).toEqual(block.serialized_ops);
      expect(indexed.opsHash).toBe(block.ops_hash);
      expect(indexed.consensusHash).toBe(block.consensus_hash);
    }
  });
});
