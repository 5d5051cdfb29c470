/** What the routes of a light server answer from. */
import { type Route as AnyRoute, type Parameter as AnyParameter, routesOf } from "../../api/route.ts";
import type { RequestTally } from "../../api/tally.ts";
import type { ZonefileHash } from "../../primitives/hash.ts";
import type { Network } from "../../protocol/network-definition.ts";
import type { PinnedLog } from "../pinned-log.ts";
import type { LogLists } from "./log-lists.ts";

/** How keeping current goes. */
export interface SyncStatus {
  /** Height of the last block of the nodes that were asked, null before the first answer. */
  readonly nodesHeight: number | null;
  /** A newer pin is held, and the log is not there yet. */
  readonly syncing: boolean;
  /** Why the pin or the log cannot be kept current now, null while they can. */
  readonly trouble: string | null;
}

export interface LightNode {
  readonly network: Network;
  /** Of this program. */
  readonly version: string;
  readonly tally: RequestTally;
  /** null before the first sync. One request sees one of them. */
  readonly pinned: PinnedLog | null;
  /** Names in order, made on first use and good as long as the log and its pin are. */
  readonly lists: LogLists | null;
  status(): SyncStatus;
  /** Kept on this machine; null where it is not. */
  zonefile(hash: ZonefileHash): Uint8Array | null;
  /**
   * Says what an answer lacks: when that was fetched or made, the route is asked once more. A route that lacks something
   * answers as well as it can.
   */
  readonly lacks: (work: () => Promise<unknown>) => void;
  /** Asks the nodes for a zone file and keeps it. Resolves in any case. */
  fetchZonefile(hash: ZonefileHash): Promise<unknown>;
  /** Hands a zone file to the nodes, and keeps it. @throws BskError of the first, where none takes it */
  publishZonefile(bytes: Uint8Array): Promise<unknown>;
}

export type Route = AnyRoute<LightNode>;
export type Parameter<T> = AnyParameter<T, LightNode>;

export const route = routesOf<LightNode>();
