/** What the API needs of the node around it. */
import type { ForkWatchStatus } from "../watcher.ts";
import type { NodeStore } from "../store/store.ts";
import type { Tally } from "../tally.ts";

/** The node as it is now. */
export interface NodeStatus {
  /** Is the node still behind the chain? */
  readonly indexing: boolean;
  /** Height of the source's tip when it was last asked; null before the first answer. */
  readonly sourceHeight: number | null;
  /** The block source, without secrets. */
  readonly source: string;
  /** How the source comes by the scripts that operations spend, in the words of its protocol; null before the first. */
  readonly spentScripts: string | null;
  /** Why the source cannot be followed now, null while it can. */
  readonly trouble: string | null;
  /** Reorgs, and what other sources say of the chain. */
  readonly forkWatch: ForkWatchStatus;
}

export interface ApiNode {
  readonly store: NodeStore;
  /** Of this program. */
  readonly version: string;
  /** What was counted since the start. */
  readonly tally: Tally;
  status(): NodeStatus;
  /** Seconds since 1970. */
  now(): number;
}
