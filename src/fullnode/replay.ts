/** A replay file indexed through a real store: the door for differential tests (design §6). */
import type { ReplayFile } from "../chain/replay-file.ts";
import { BskError } from "../errors.ts";
import { bnsMachine } from "../rules/machine.ts";
import { appendBlock } from "../virtualchain/engine.ts";
import { loadBlocks } from "./load.ts";
import { NodeStore } from "./store/store.ts";

/** One indexed block, as `bsk node replay` prints it; the shape is fixed. */
export interface ReplayedBlock {
  readonly height: number;
  readonly opsHash: string;
  readonly consensusHash: string;
  /** In block order, stateless operations included. */
  readonly accepted: readonly { readonly txid: string; readonly opcode: string }[];
}

/**
 * Indexes all blocks of a replay file from the network's first on, in a store in memory unless one is given.
 * @throws BskError `machine` at the first height whose tokens nobody told it of (rule `epoch-not-supported`), `refuted` where blocks do not link.
 */
export async function* replayFile(
  { network, announcers, allocation, source }: ReplayFile,
  store: NodeStore = NodeStore.open(":memory:", network, allocation),
): AsyncGenerator<ReplayedBlock, void, undefined> {
  const machine = bnsMachine(network, announcers, allocation);
  const { height: last } = await source.tip();
  for await (const block of loadBlocks(source, machine, network.firstBlock, last)) {
    const tip = store.tip();
    if (tip !== null && tip.hash !== block.previousHash) {
      throw new BskError("refuted", `block ${block.height} of ${source.description} does not follow the one before it`);
    }
    const { height, opsHash, consensusHash, accepted } = appendBlock(machine, store, block, network.firstBlock);
    yield {
      height,
      opsHash,
      consensusHash,
      accepted: accepted.map(({ txid, accepted: { kind: opcode } }) => ({ txid, opcode })),
    };
  }
}
