/**
 * Whom to believe on this machine, best first:
 *
 * 1. A node of one's own, which replayed the chain up to its last block (`indexed`); a light server of one's own counts as
 *    the log that it answers from (`complete`).
 * 2. The verified log (`complete`): where there is no such node, or it is out, or it is behind the log.
 *
 * An own node is nearly always ahead of the pin, so it gives the newest data; where it has another history than an attested
 * pin, one of the two is wrong, and nothing is answered.
 */
import { BskError } from "../errors.ts";
import type { BlockHeight } from "../primitives/units.ts";
import type { Network } from "../protocol/network-definition.ts";
import type { Strangers } from "./cold-source.ts";
import { logSource } from "./log-source.ts";
import { type NameSource, nodeSource } from "./name-source.ts";
import type { NodeClient } from "./node-client.ts";
import { contradiction, isAttested, type Pin } from "./pin.ts";
import type { PinnedLog } from "./pinned-log.ts";
import type { ZonefileStore } from "./zonefile-store.ts";

/** What there is to answer from. */
export interface Ways {
  readonly network: Network;
  /** Nodes of the call or of the settings, else the one on this machine; empty: nobody may be asked. */
  readonly nodes: readonly NodeClient[];
  /** The pin of the call, else the best one held. */
  readonly pin: Pin | null;
  /** Opened on first use; null where none was synced, or not up to a pin. */
  readonly log: () => Promise<PinnedLog | null>;
  /** Why there is no log, where there is none. */
  readonly noLog: () => Promise<BskError>;
  /** The same nodes as strangers, or those that the call named as such (`--nodes`). */
  readonly strangers: () => Promise<Strangers>;
  /** The call named strangers: nobody else is asked, and nothing else is looked at. */
  readonly strangersOnly: boolean;
  /** When a block was mined, by headers on this machine whose proof of work was checked; null where they do not say. */
  readonly blockTime: (height: BlockHeight) => Promise<Date | null>;
  /** Zone files kept on this machine; null: none. */
  readonly zonefiles: () => Promise<ZonefileStore | null>;
}

/**
 * null where there are only strangers to ask. `at`: the state after an earlier block.
 * @throws BskError `refuted`, rule `pin-contradiction`; what the own node fails with where there is no log either
 */
export async function bestSource(ways: Ways, at?: BlockHeight): Promise<NameSource | null> {
  const own = ways.nodes.find((node) => node.own);
  const source = own === undefined ? null : await ownSource(own, ways, at);
  if (source !== null) return source;
  const log = await ways.log();
  if (log === null || (at !== undefined && at > log.pin.height)) return null;
  return logSource(log, ways.network, at);
}

/** With the time of its last block, where the user wants to know how old an answer is, and the source does not. */
export async function dated(
  source: NameSource,
  { blockTime }: Pick<Ways, "blockTime">,
  maxAgeMs: number | undefined,
): Promise<NameSource> {
  const { standing } = source;
  const { height, time } = standing.asOf;
  if (maxAgeMs === undefined || time !== null) return source;
  return { ...source, standing: { ...standing, asOf: { height, time: await blockTime(height) } } };
}

/** null where the log is to be asked instead. */
async function ownSource(own: NodeClient, { pin, log }: Ways, at: BlockHeight | undefined): Promise<NameSource | null> {
  let source: NameSource;
  try {
    source = await nodeSource(own, at);
  } catch (error) {
    const isOut = error instanceof BskError && (error.kind === "machine" || error.rule === "not-indexed");
    if (isOut && (await log()) !== null) return null;
    throw error;
  }
  if (pin === null) return source;
  const { height } = source.standing.asOf;
  if (height < pin.height) {
    const synced = await log();
    return synced !== null && synced.pin.height > height ? null : source;
  }
  const consensusHash = isAttested(pin) ? await own.consensusHashAt(pin.height) : pin.consensusHash;
  if (consensusHash === null || consensusHash === pin.consensusHash) return source;
  throw contradiction(pin, { height: pin.height, consensusHash }, `that of ${own.url}`);
}

export function isSome(nodes: readonly NodeClient[]): nodes is readonly [NodeClient, ...NodeClient[]] {
  return nodes.length > 0;
}

/** Could strangers prove anything? A single one can not, where there is no pin: its word is all that there is. */
export function canProve({ nodes, pin }: Pick<Ways, "nodes" | "pin">): boolean {
  return pin !== null || nodes.length > 1;
}
