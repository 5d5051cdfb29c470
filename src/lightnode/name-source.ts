/** Whoever answers questions about names: a node, or the log on this machine. */
import type { Address } from "../bitcoin/address.ts";
import { BskError } from "../errors.ts";
import type { Name, NamespaceId } from "../primitives/name.ts";
import type { BlockHeight } from "../primitives/units.ts";
import type { FullName, FullNamespace, HistoryEntry } from "./answers.ts";
import { type Standing, standingOf } from "./as-of.ts";
import { denial } from "./denial.ts";
import type { NodeClient } from "./node-client.ts";

export interface NameSource {
  /** What its answers rest on. */
  readonly standing: Standing;
  /** null where the name was never registered. */
  record(name: Name): Promise<FullName | null>;
  /** Operations on a name, oldest first; empty where there is none. */
  history(name: Name): Promise<readonly HistoryEntry[]>;
  /** Names that the address owns. */
  namesOf(address: Address): Promise<readonly Name[]>;
  /** null where it is not there, or was revealed and lapsed. */
  namespace(id: NamespaceId): Promise<FullNamespace | null>;
  /** The error for what it says that there is not, in our words. */
  denial(rule: string, message: string): BskError;
}

/**
 * `at`: records after an earlier block, whose time is not asked for.
 * @throws BskError as `standingOf`; `unproven`, rule `not-indexed`, where the node has not come to it
 */
export async function nodeSource(node: NodeClient, at?: BlockHeight): Promise<NameSource> {
  const standing = await standingOf(node);
  if (at !== undefined && at > standing.asOf.height) {
    throw new BskError("unproven", `${node.url} has come to block ${standing.asOf.height}, not to ${at}`, {
      rule: "not-indexed",
      hint: "bsk node status shows how far it is",
    });
  }
  return {
    standing: at === undefined ? standing : { ...standing, asOf: { height: at, time: null } },
    record: (name) => node.record(name, at),
    history: (name) => node.history(name),
    namesOf: (address) => node.namesOf(address),
    namespace: (id) => node.namespace(id),
    denial: (rule, message) => denial(node, rule, message),
  };
}

/**
 * The record of a name that resolves.
 * @throws BskError of the source's denial: rule `name-not-registered`, `name-revoked` or `name-expired`
 */
export async function livingRecord(name: Name, source: NameSource): Promise<FullName> {
  const record = await source.record(name);
  if (record === null) throw source.denial("name-not-registered", `"${name}" is not registered`);
  if (record.revoked) throw source.denial("name-revoked", `"${name}" was revoked by its owner`);
  if (record.expired && !record.inGrace) {
    const since = record.expires === null ? "" : ` at block ${record.expires}`;
    throw source.denial("name-expired", `"${name}" expired${since}`);
  }
  return record;
}
