import type { Network } from "../protocol/network-definition.ts";
import type { Allocation } from "../tokens/allocation.ts";
import { requireStoredCheckpoints } from "./store/checkpoints.ts";
import { databasePath } from "./store/database-file.ts";
import { NodeStore } from "./store/store.ts";
import { checkTail } from "./tail-check.ts";

/** The store of a directory, fit to be built on. @throws BskError as `NodeStore.open`, `checkTail` and `requireStoredCheckpoints` */
export function openWholeStore(directory: string, network: Network, allocation: Allocation | null): NodeStore {
  const store = NodeStore.open(databasePath(directory), network, allocation);
  try {
    checkTail(store);
    requireStoredCheckpoints(store);
    return store;
  } catch (error) {
    store.close();
    throw error;
  }
}
