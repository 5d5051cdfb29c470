/** Names and namespaces of a log as they stood after a block, and the parameter `height=` that asks for an earlier one. */
import { heightParameter } from "../../api/parameters.ts";
import { type ApiResponse, refuse } from "../../api/route.ts";
import type { Address } from "../../bitcoin/address.ts";
import { type HashedNameRecord, type HashedNamespaceRecord, isNameRecord } from "../../ops/hashed-record.ts";
import { type Name, namespaceOf } from "../../primitives/name.ts";
import type { BlockHeight } from "../../primitives/units.ts";
import { type Lifespan, lifespanOf } from "../../protocol/lifetime.ts";
import type { Network } from "../../protocol/network-definition.ts";
import { namesOwnedAt, namespaceAt } from "../../verify/name-state.ts";
import type { LoggedOperation, OperationLog } from "../../verify/op-log.ts";
import { lifeOf } from "../log-source.ts";
import type { LightNode, Parameter } from "./light-node.ts";

export const pastParameter: Parameter<BlockHeight | null> = { ...heightParameter, absent: null };

/** The state after a block. */
export interface LogState {
  readonly height: number;
  readonly network: Network;
  /** The record with its life; null where there is none, or its namespace was not opened in time. */
  name(name: Name): { readonly record: HashedNameRecord; readonly life: Lifespan } | null;
  namespace(id: string): HashedNamespaceRecord | null;
  /** Oldest first. */
  history(subject: string): readonly LoggedOperation[];
  /** Names that the address owns, sorted. */
  namesOf(owner: Address): readonly Name[];
  /** `did:stack:v0:<address>-<n>`: the nth name that was ever made for the address of its first owner (spec 06 §8). */
  didOf(record: HashedNameRecord): string | null;
}

const NOT_SYNCED = "no log is synced yet";

/** Answers from the log after the block of a height, or of the pin; 404 for a block above the pin. */
export function atHeight(
  { pinned, network }: LightNode,
  height: BlockHeight | null,
  answer: (state: LogState) => ApiResponse,
): ApiResponse {
  if (pinned === null) return { ...refuse(503, NOT_SYNCED), headers: { "retry-after": "5" } };
  const { log, pin } = pinned;
  if (height === null) return answer(logState(log, pin.height, network));
  if (height < network.firstBlock)
    return refuse(404, `block ${height} is before the first of this network, ${network.firstBlock}`, "height");
  if (height > pin.height) return refuse(404, `block ${height} is above the pin, ${pin.height}`, "height");
  return { ...answer(logState(log, height, network)), asOf: height };
}

function logState(log: OperationLog, height: number, network: Network): LogState {
  return {
    height,
    network,
    name: (name) => {
      const record = log.latestOn(name, height)?.record;
      const namespace = namespaceAt(log, namespaceOf(name), height);
      if (record === undefined || !isNameRecord(record) || namespace === null) return null;
      const life = lifespanOf(record, lifeOf(namespace), height, network);
      return life === null ? null : { record, life };
    },
    namespace: (id) => namespaceAt(log, id, height),
    history: (subject) => log.operationsOn(subject, height),
    namesOf: (owner) => namesOwnedAt(log, owner, height, network),
    didOf: (record) => didIn(log, record, height),
  };
}

/** Names of one address that are looked through for a DID, each from the disk; who had more gets none. */
const MOST_NAMES = 25;

function didIn(log: OperationLog, { name, firstRegistered }: HashedNameRecord, height: number): string | null {
  const made = log.operationsOn(name, height).find((each) => each.height >= firstRegistered && madeFor(each) !== null);
  const creator = made === undefined ? null : madeFor(made);
  if (made === undefined || creator === null) return null;
  const names = new Set(log.everOwnedBy(creator));
  if (names.size > MOST_NAMES) return null;
  const index = [...names]
    .flatMap((other) => log.operationsOn(other, made.height))
    .filter((each) => madeFor(each) === creator && isBefore(each, made)).length;
  return `did:stack:v0:${creator}-${index}`;
}

/** The first owner of a name that an operation makes; null where it makes none. */
function madeFor({ height, record }: LoggedOperation): Address | null {
  if (!isNameRecord(record)) return null;
  const makes = record.op === ":" || (record.op === ";" && record.firstRegistered === height);
  return makes ? record.address : null;
}

function isBefore(a: LoggedOperation, b: LoggedOperation): boolean {
  return a.height < b.height || (a.height === b.height && a.record.vtxindex < b.record.vtxindex);
}
