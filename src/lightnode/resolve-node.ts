/** A name resolved by the word of one node: `indexed` where it is our own, `claimed` where it is not. */
import type { Name } from "../primitives/name.ts";
import type { FullName } from "./answers.ts";
import { standingOf } from "./as-of.ts";
import { denial } from "./denial.ts";
import type { NodeClient } from "./node-client.ts";
import { type Resolved, resolvedWith, zonefileMissing } from "./resolved.ts";

/**
 * @throws BskError `unproven` where the zone file is missing; `refuted` where it does not have the record's hash; and where
 * the name does not resolve (rule `name-not-registered`, `name-revoked`, `name-expired`, `no-zonefile`): `rejected` by our
 * own node, `unproven` by a stranger, who may hide it.
 */
export async function resolveAtNode(name: Name, node: NodeClient): Promise<Resolved> {
  const standing = await standingOf(node);
  const { address, zonefileHash, expires, inGrace } = await livingRecord(name, node);
  if (zonefileHash === null) throw denial(node, "no-zonefile", `"${name}" has no zone file`);
  const found = { name, address, zonefileHash, expires, inGrace };
  const bytes = await node.zonefile(zonefileHash);
  if (bytes === null) throw zonefileMissing(found, node.url);
  return resolvedWith(found, bytes, standing);
}

async function livingRecord(name: Name, node: NodeClient): Promise<FullName> {
  const record = await node.record(name);
  if (record === null) throw denial(node, "name-not-registered", `"${name}" is not registered`);
  if (record.revoked) throw denial(node, "name-revoked", `"${name}" was revoked by its owner`);
  if (record.expired && !record.inGrace) {
    const since = record.expires === null ? "" : ` at block ${record.expires}`;
    throw denial(node, "name-expired", `"${name}" expired${since}`);
  }
  return record;
}
