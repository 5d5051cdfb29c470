/** The database of a full node, begun or continued from tiles before the node starts. */
import type { KnownBlocks } from "../chain/checked-headers.ts";
import type { BlockSource } from "../chain/source.ts";
import type { Network } from "../protocol/network-definition.ts";
import { bnsMachine } from "../rules/machine.ts";
import { bootstrap, type BootstrapOptions, type BootstrapOutcome } from "./bootstrap.ts";
import { interruptible } from "./interruptible.ts";
import { readAllocation } from "./store/allocation-file.ts";
import { openWholeStore } from "./whole-store.ts";

export interface FromTilesOptions extends Pick<BootstrapOptions, "shelves" | "pin" | "signal" | "clock" | "events"> {
  readonly network: Network;
  /** As of `NodeOptions`; the caller has locked it. */
  readonly directory: string;
  /** As of `NodeOptions`. */
  readonly source: (stored: KnownBlocks) => BlockSource;
}

/** @throws BskError as `bootstrap` and as `startNode` does for a directory; the signal's reason */
export async function nodeFromTiles({
  network,
  directory,
  source,
  ...options
}: FromTilesOptions): Promise<BootstrapOutcome> {
  const allocation = await readAllocation(directory, network);
  const store = openWholeStore(directory, network, allocation);
  try {
    return await bootstrap({
      ...options,
      store,
      machine: bnsMachine(network, [], allocation),
      source: interruptible(source(store), options.signal),
    });
  } catch (error) {
    options.signal.throwIfAborted();
    throw error;
  } finally {
    store.close();
  }
}
