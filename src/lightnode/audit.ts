/** Many claims beside what is known under one pin: each is confirmed, refuted, or left unproven. */
import { hash160 } from "../primitives/digest.ts";
import { zonefileHash } from "../primitives/hash.ts";
import type { Name } from "../primitives/name.ts";
import { isNameRecord } from "../ops/hashed-record.ts";
import type { Outcome } from "../verify/outcome.ts";
import type { ProvenName } from "../verify/bundle.ts";
import { recordOf } from "../verify/verify-bundle.ts";
import type { FullName } from "./answers.ts";
import type { Claim, ClaimedState } from "./claim.ts";
import type { NameSource } from "./name-source.ts";
import { satisfies, type TrustLevel } from "./trust-level.ts";

export type AuditVerdict = "confirmed" | "refuted" | "unproven" | "bad-line";

/** What came of one claim; also of a line that makes none. */
export interface Finding {
  readonly line: number;
  /** The name, the address or the file. */
  readonly subject: string;
  readonly verdict: AuditVerdict;
  /** One line; "" where there is nothing to say. */
  readonly because: string;
  /** How far what is told below was checked; null where nothing is. */
  readonly level: TrustLevel | null;
  readonly state: ClaimedState | null;
  readonly owner: string | null;
  readonly zonefileHash: string | null;
  readonly expires: number | null;
}

/** What claims are held against. */
export interface AuditGround {
  /** null: no log, and no node that may be believed. */
  readonly source: NameSource | null;
  /** The least that confirms. */
  readonly require: TrustLevel;
  /** @throws BskError where the file cannot be read */
  readonly readBytes: (path: string) => Promise<Uint8Array>;
  /** The name of a proof file, and what it comes to under the pin. @throws BskError */
  readonly checkProof: (path: string) => Promise<{ readonly name: Name | null; readonly outcome: Outcome<ProvenName> }>;
}

type Told = Pick<Finding, "level" | "state" | "owner" | "zonefileHash" | "expires">;

const NOTHING: Told = { level: null, state: null, owner: null, zonefileHash: null, expires: null };

/** @throws BskError where a source or a file fails */
export async function judgeClaim(claim: Claim, line: number, ground: AuditGround): Promise<Finding> {
  switch (claim.kind) {
    case "name":
      return judgeName(claim, line, ground);
    case "address":
      return judgeAddress(claim.owner, line, ground);
    case "proof":
      return judgeProof(claim, line, ground);
  }
}

/** A line that makes no claim. */
export function badLine(line: number, because: string): Finding {
  return { line, subject: "", verdict: "bad-line", because, ...NOTHING };
}

export function unproven(line: number, because: string, subject = ""): Finding {
  return { line, subject, verdict: "unproven", because, ...NOTHING };
}

const unknown = (line: number, subject: string): Finding =>
  unproven(line, "there is nothing to check it against", subject);

async function judgeName(claim: Extract<Claim, { kind: "name" }>, line: number, ground: AuditGround): Promise<Finding> {
  const { source, readBytes } = ground;
  if (source === null) return unknown(line, claim.name);
  const record = await source.record(claim.name);
  const state = record === null ? await lostState(claim.name, source) : stateOf(record);
  const isOwned = record !== null && state === "registered";
  const told: Told = {
    level: source.standing.level,
    state,
    owner: isOwned ? record.address : null,
    zonefileHash: isOwned ? record.zonefileHash : null,
    expires: record?.expires ?? null,
  };
  const given = claim.zonefile === null ? null : zonefileHash.of(hash160(await readBytes(claim.zonefile)));
  const differs =
    state !== claim.state
      ? `it is ${state}`
      : claim.owner !== null && claim.owner !== told.owner
        ? `its owner is ${told.owner ?? "nobody"}`
        : claim.zonefileHash !== null && claim.zonefileHash !== told.zonefileHash
          ? `its zone file is ${told.zonefileHash ?? "none"}`
          : given !== null && given !== told.zonefileHash
            ? `its zone file is ${told.zonefileHash ?? "none"}, the file is ${given}`
            : null;
  return found({ line, subject: claim.name, because: differs ?? "", ...told }, differs === null, ground);
}

/** Of a name without a record: its namespace may have ended before it was opened, and its names with it. */
async function lostState(name: Name, source: NameSource): Promise<ClaimedState> {
  return (await source.history(name)).length > 0 ? "expired" : "absent";
}

function stateOf(record: FullName): ClaimedState {
  if (record.expired && !record.inGrace) return "expired";
  return record.revoked ? "revoked" : "registered";
}

async function judgeAddress(owner: string, line: number, ground: AuditGround): Promise<Finding> {
  const { source } = ground;
  if (source === null) return unknown(line, owner);
  const names = await source.namesOf(owner as Parameters<NameSource["namesOf"]>[0]);
  const because = names.length === 0 ? "it owns no name" : `owns ${names.join(" ")}`;
  const told = { ...NOTHING, level: source.standing.level, owner };
  return found({ line, subject: owner, because, ...told }, names.length > 0, ground);
}

async function judgeProof(
  claim: Extract<Claim, { kind: "proof" }>,
  line: number,
  ground: AuditGround,
): Promise<Finding> {
  const { name, outcome } = await ground.checkProof(claim.path);
  const subject = name ?? claim.path;
  if (outcome.kind === "refuted") return { line, subject, verdict: "refuted", because: outcome.because, ...NOTHING };
  if (outcome.kind === "unproven") {
    return unproven(line, `it would take ${outcome.missing}`, subject);
  }
  const told = toldBy(outcome.value);
  const differs =
    claim.name !== null && claim.name !== name
      ? `the proof is of "${name ?? ""}"`
      : claim.owner !== null && claim.owner !== told.owner
        ? `the owner proven is ${told.owner ?? "nobody"}`
        : null;
  return found({ line, subject, because: differs ?? "", ...told }, differs === null, ground);
}

function toldBy(value: ProvenName): Told {
  const record = recordOf(value);
  const state = value.level === "complete" ? value.state : null;
  const isOwned = record !== null && isNameRecord(record) && !record.revoked && state?.kind !== "lapsed";
  const states = {
    absent: "absent",
    live: "registered",
    grace: "registered",
    lapsed: "expired",
    revoked: "revoked",
  } as const;
  return {
    level: value.level,
    state: state === null ? null : states[state.kind],
    owner: isOwned ? record.address : null,
    zonefileHash: isOwned ? record.valueHash : null,
    expires: state === null || state.kind === "absent" ? null : state.expires,
  };
}

/** What was found counts only if it was checked as far as is required. */
function found(told: Omit<Finding, "verdict">, agrees: boolean, { require }: AuditGround): Finding {
  if (told.level === null || !satisfies(told.level, require)) {
    return {
      ...told,
      verdict: "unproven",
      because: `it was checked as "${told.level ?? "nothing"}" only, not "${require}"`,
    };
  }
  return { ...told, verdict: agrees ? "confirmed" : "refuted" };
}

/** How many there were of each. */
export type AuditCount = Record<AuditVerdict, number>;

export const noFindings = (): AuditCount => ({ confirmed: 0, refuted: 0, unproven: 0, "bad-line": 0 });
