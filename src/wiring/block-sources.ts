/** The block sources of a node, in the order of its user's trust. */
import { bitcoindBlocks } from "../chain/bitcoind-blocks.ts";
import { BlockFiles, type BlockFilesOptions } from "../chain/block-files/block-files.ts";
import type { KnownBlocks } from "../chain/checked-headers.ts";
import { checkedSource } from "../chain/checked-source.ts";
import { fallbackSource } from "../chain/fallback-source.ts";
import { restBlocks } from "../chain/rest-blocks.ts";
import type { BlockSource } from "../chain/source.ts";
import type { Origin } from "../cli/origin.ts";
import type { OpenSource } from "../cli/ports.ts";
import { type Headers, knownBlocks } from "../lightnode/headers.ts";
import type { Network } from "../protocol/network-definition.ts";
import { bitcoindOptions, type Surroundings } from "./bitcoind.ts";

type HeadersRead = NonNullable<BlockFilesOptions["progress"]>;

/** Those that were named, else those of the settings. @throws BskError usage as `bitcoindOptions` and `BlockFiles` */
export async function sourcesAt(
  named: readonly Origin[],
  headersRead: HeadersRead,
  network: Network,
  around: Surroundings,
): Promise<readonly [OpenSource, ...OpenSource[]]> {
  const [first, ...others] = named;
  const [preferred, ...rest] = first === undefined ? (around.config.get("sources") ?? DEFAULT) : [first, ...others];
  const open = (from: Origin) => sourceAt(from, headersRead, network, around);
  return [await open(preferred), ...(await Promise.all(rest.map(open)))];
}

const DEFAULT: readonly [Origin] = [{ kind: "settings" }];

async function sourceAt(
  from: Origin,
  progress: HeadersRead,
  network: Network,
  around: Surroundings,
): Promise<OpenSource> {
  const { bitcoin } = network;
  switch (from.kind) {
    case "settings":
      return { believed: false, source: bitcoindBlocks(await bitcoindOptions(network, around), bitcoin) };
    case "rpc": // the password of the settings is for their node alone
      return {
        believed: false,
        source: bitcoindBlocks({ url: from.url, cookieFile: from.cookieFile ?? undefined }, bitcoin),
      };
    case "rest":
      return { believed: false, source: restBlocks({ url: from.url }, bitcoin) };
    case "files":
      return { believed: true, source: new BlockFiles({ path: from.path, bitcoin, progress }) };
  }
}

/** Nothing was checked before. */
const NOTHING_KNOWN: KnownBlocks = { tip: () => null, blockHashAt: () => null };

/** One source of several, in their order. Those that are not believed are checked, above the headers held. */
export function checkedBlocks(
  [first, ...others]: readonly [OpenSource, ...OpenSource[]],
  { bitcoin, firstBlock }: Network,
  held: Headers | null,
  warn: (text: string) => void,
): BlockSource {
  const known = held === null ? NOTHING_KNOWN : knownBlocks(held);
  const usable = (each: OpenSource): BlockSource =>
    each.believed ? each.source : checkedSource(each.source, bitcoin, firstBlock, known);
  return fallbackSource([usable(first), ...others.map(usable)], {
    refused: (source, { message }) => {
      warn(`${source} is not asked any more: ${message}`);
    },
    switched: (from, to) => {
      warn(`${to} is asked instead of ${from}`);
    },
  });
}
