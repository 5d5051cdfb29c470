/** Drives the engine over a replay file's blocks. */
import { parseHeader } from "../../src/bitcoin/header.ts";
import type { ReplayFile } from "../../src/chain/replay-file.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import type { Changes } from "../../src/rules/changes.ts";
import { type BnsMachine, bnsMachine } from "../../src/rules/machine.ts";
import type { AcceptedBns } from "../../src/rules/verdict.ts";
import { type ByteSearch, findCandidates, spentOutpoints } from "../../src/virtualchain/candidates.ts";
import { appendBlock } from "../../src/virtualchain/engine.ts";
import type { CandidateBlock } from "../../src/virtualchain/index-block.ts";
import type { IndexedBlock } from "../../src/virtualchain/store.ts";
import type { MemoryStore } from "./memory-store.ts";

/** `Buffer.indexOf` over any bytes. */
export const bufferSearch: ByteSearch = (haystack, needle, from) =>
  Buffer.from(haystack.buffer, haystack.byteOffset, haystack.length).indexOf(needle, from);

/** The candidates of one block of the file, with the scripts that they spend. */
export async function candidateBlock(
  { source }: Pick<ReplayFile, "source">,
  { magic, opcodes }: BnsMachine,
  height: number,
): Promise<CandidateBlock> {
  const hash = (await source.blockHashAt(blockHeight(height)))!;
  const raw = await source.rawBlock(hash);
  const { previousHash, time } = parseHeader(raw);
  const candidates = [];
  for (const found of findCandidates(raw, magic, opcodes, bufferSearch)) {
    candidates.push({ ...found, spentScripts: await source.spentScripts(hash, spentOutpoints(found)) });
  }
  return { height: blockHeight(height), hash, previousHash, time, candidates };
}

/** Indexes blocks from the network's first (or `from`, the one behind the store's tip) up to `last` into the store. */
export async function* replay(
  file: Pick<ReplayFile, "network" | "announcers" | "source"> & Partial<Pick<ReplayFile, "allocation">>,
  store: MemoryStore,
  last: number,
  from: number = file.network.firstBlock,
): AsyncGenerator<IndexedBlock<AcceptedBns, Changes>> {
  const { network, announcers, allocation } = file;
  const machine = bnsMachine(network, announcers, allocation);
  for (let height = from; height <= last; height++) {
    yield appendBlock(machine, store, await candidateBlock(file, machine, height), network.firstBlock);
  }
}
