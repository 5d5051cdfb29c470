/** Name -> record -> zone file, each checked as far as it can be. */
import { BskError } from "../errors.ts";
import { toHex } from "../primitives/bytes.ts";
import type { Address } from "../bitcoin/address.ts";
import type { ZonefileHash } from "../primitives/hash.ts";
import type { Name } from "../primitives/name.ts";
import type { BlockHeight } from "../primitives/units.ts";
import type { FullName } from "./answers.ts";
import { levelOf, type Standing, standingOf } from "./as-of.ts";
import { denial } from "./denial.ts";
import type { NodeClient } from "./node-client.ts";
import { satisfies, type TrustLevel } from "./trust-level.ts";

export interface Resolved extends Standing {
  readonly name: Name;
  readonly address: Address;
  readonly zonefileHash: ZonefileHash;
  /** Its text; null where the bytes are not UTF-8. */
  readonly zonefile: string | null;
  /** The bytes in hex where they are no text. */
  readonly zonefileHex: string | null;
  /** null: never. */
  readonly expires: BlockHeight | null;
  /** Past its end: only its owner can still renew it. */
  readonly inGrace: boolean;
}

/**
 * @throws BskError `unproven` where the level is less than required or the zone file is missing; `refuted` where the
 * zone file does not have the record's hash; and where the name does not resolve (rule `name-not-registered`,
 * `name-revoked`, `name-expired`, `no-zonefile`): `rejected` by our own node, `unproven` by a stranger, who may hide it.
 */
export async function resolve(name: Name, node: NodeClient, required: TrustLevel = "claimed"): Promise<Resolved> {
  const level = levelOf(node);
  if (!satisfies(level, required)) throw tooLittle(level, required, node);
  const standing = await standingOf(node);
  const record = await livingRecord(name, node);
  const { zonefileHash } = record;
  if (zonefileHash === null) throw denial(node, "no-zonefile", `"${name}" has no zone file`);
  const bytes = await node.zonefile(zonefileHash);
  if (bytes === null) {
    throw new BskError(
      "unproven",
      `${node.url} does not hold the zone file of "${name}" with the hash "${zonefileHash}"`,
      {
        rule: "zonefile-missing",
        hint: "its owner can publish it again; another node may hold it (--node URL)",
      },
    );
  }
  const text = textOf(bytes);
  return {
    name,
    address: record.address,
    zonefileHash,
    zonefile: text,
    zonefileHex: text === null ? toHex(bytes) : null,
    expires: record.expires,
    inGrace: record.inGrace,
    ...standing,
  };
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

function tooLittle(level: TrustLevel, required: TrustLevel, { url }: NodeClient): BskError {
  return new BskError("unproven", `an answer of ${url} is "${level}", less than the required "${required}"`, {
    rule: "level",
    hint: "ask your own node: bsk node start, then without --node",
  });
}

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function textOf(bytes: Uint8Array): string | null {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return null;
  }
}
