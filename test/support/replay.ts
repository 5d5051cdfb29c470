/** Drives the engine over a replay file's blocks. */
import { parseHeader } from "../../src/bitcoin/block.ts";
import type { ReplayFile } from "../../src/chain/replay-file.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import { bnsMachine } from "../../src/rules/machine.ts";
import type { AcceptedBns } from "../../src/rules/verdict.ts";
import type { Changes } from "../../src/rules/changes.ts";
import { type ByteSearch, findCandidates, spentOutpoints } from "../../src/virtualchain/candidates.ts";
import { appendBlock } from "../../src/virtualchain/engine.ts";
import type { IndexedBlock } from "../../src/virtualchain/store.ts";
import type { MemoryStore } from "./memory-store.ts";

/** `Buffer.indexOf` over any bytes. */
export const bufferSearch: ByteSearch = (haystack, needle, from) =>
  Buffer.from(haystack.buffer, haystack.byteOffset, haystack.length).indexOf(needle, from);

/** Indexes blocks from the network's first (or `from`, the one behind the store's tip) up to `last` into the store. */
export async function* replay(
  { network, announcers, source }: Pick<ReplayFile, "network" | "announcers" | "source">,
  store: MemoryStore,
  last: number,
  from: number = network.firstBlock,
): AsyncGenerator<IndexedBlock<AcceptedBns, Changes>> {
  const machine = bnsMachine(network, announcers);
  for (let height = from; height <= last; height++) {
    const hash = (await source.blockHashAt(blockHeight(height)))!;
    const raw = await source.rawBlock(hash);
    const { previousHash, time } = parseHeader(raw);
    const candidates = [];
    for (const found of findCandidates(raw, machine.magic, machine.opcodes, bufferSearch)) {
      candidates.push({ ...found, spentScripts: await source.spentScripts(hash, spentOutpoints(found)) });
    }
    const block = { height: blockHeight(height), hash, previousHash, time, candidates };
    yield appendBlock(machine, store, block, network.firstBlock);
  }
}
