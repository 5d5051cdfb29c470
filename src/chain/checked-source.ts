/** A source that need not be believed: its headers and its blocks are checked before anything of them is used. */
import { type BlockFault, faultOfBlock } from "../bitcoin/merkle.ts";
import type { BitcoinParameters } from "../bitcoin/parameters.ts";
import { BskError } from "../errors.ts";
import { checkBlockHash } from "./block-hash.ts";
import { CheckedHeaders, type KnownBlocks } from "./checked-headers.ts";
import type { BlockSource, HeaderedSource } from "./source.ts";

/**
 * The same source, but every header is linked, proven and of the right difficulty before its hash is told, and every block
 * holds the transactions that its header commits to. What is not so is `refuted`, with the fault as its rule.
 *
 * `faultOf` does what `faultOfBlock` does, where somebody can do it faster: every transaction of every block is hashed.
 * The height of the tip and scripts that do not come from a transaction are the source's word.
 */
export function checkedSource(
  source: HeaderedSource,
  parameters: BitcoinParameters,
  firstBlock: number,
  known: KnownBlocks,
  faultOf: (block: Uint8Array) => BlockFault | null = faultOfBlock,
): BlockSource {
  const headers = new CheckedHeaders(source, parameters, firstBlock, known);
  return {
    description: source.description,
    get spentScriptsMethod() {
      return source.spentScriptsMethod ?? null;
    },
    tip() {
      headers.stale();
      return source.tip();
    },
    blockHashAt: (height) => headers.hashAt(height),
    headerAt: (height) => headers.headerAt(height),
    async rawBlock(wanted) {
      const bytes = checkBlockHash(source.description, wanted, await source.rawBlock(wanted));
      const fault = faultOf(bytes);
      if (fault === null) return bytes;
      throw new BskError("refuted", `${source.description} gave a block "${wanted}" that cannot be: ${fault}`, {
        rule: fault,
      });
    },
    spentScripts: (inBlock, outpoints) => source.spentScripts(inBlock, outpoints),
  };
}
