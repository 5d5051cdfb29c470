import { parseHeader } from "../bitcoin/header.ts";
import type { BlockHeight } from "../primitives/units.ts";
import type { ChainPlace, BlockSource } from "./source.ts";

/** What the header at a height says, null above the tip. A source that shows no headers is asked for the whole block. */
export async function headerAt(source: BlockSource, height: BlockHeight): Promise<ChainPlace | null> {
  if (source.headerAt !== undefined) return source.headerAt(height);
  const hash = await source.blockHashAt(height);
  if (hash === null) return null;
  const { previousHash, time } = parseHeader(await source.rawBlock(hash));
  return { hash, previousHash, time };
}
