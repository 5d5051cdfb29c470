/** What a checked proof is shown as. */
import { BskError } from "../errors.ts";
import type { ShownPin } from "../lightnode/pin.ts";
import type { HashedRecord } from "../ops/hashed-record.ts";
import type { ProofBundle, ProofLevel, ProvenName } from "../verify/bundle.ts";
import type { Outcome } from "../verify/outcome.ts";
import { card } from "./layout.ts";
import { pinWords } from "./pin.ts";
import type { Style } from "./style.ts";

/** As `prove` and `verify` return it; only what the pin's consensus hash authenticates, and on what it rests. */
export interface ShownProof {
  readonly name: string;
  readonly level: ProofLevel;
  /** Of the block that holds the operation; null at `included`, where it is at or before the pin, and for no operation. */
  readonly height: number | null;
  /** At `complete`: the state at a height, up to which no later operation exists. */
  readonly at: number | null;
  readonly state: "absent" | "live" | "grace" | "lapsed" | "revoked" | null;
  readonly expires: number | null;
  /** The operation's fields in the order hashed; null where there is none. */
  readonly record: Readonly<Record<string, unknown>> | null;
  readonly zonefile: string | null;
  readonly pin: ShownPin;
}

/** @throws BskError `refuted` or `unproven` for a proof that does not hold */
export function shownProof({ name }: ProofBundle, outcome: Outcome<ProvenName>, pin: ShownPin): ShownProof {
  if (outcome.kind === "refuted") {
    throw new BskError("refuted", `the proof does not hold: ${outcome.because}`, { rule: "proof-refuted" });
  }
  if (outcome.kind === "unproven") {
    throw new BskError("unproven", `the proof cannot be checked; it would take ${outcome.missing}`, {
      rule: "proof-unproven",
      hint: "a proof that needs nothing else comes from: bsk prove NAME --pin HEIGHT:HASH, with your pin",
    });
  }
  const { value } = outcome;
  const zonefile = value.zonefile === null ? null : new TextDecoder().decode(value.zonefile);
  const shown = { name, level: value.level, height: null, at: null, state: null, expires: null, zonefile, pin };
  switch (value.level) {
    case "included":
      return { ...shown, record: fieldsOf(value.record) };
    case "placed":
      return { ...shown, height: value.height, record: fieldsOf(value.record) };
    case "complete": {
      const { at, state } = value;
      if (state.kind === "absent") return { ...shown, at, state: "absent", record: null };
      const { kind, since, expires, record } = state;
      return { ...shown, height: since, at, state: kind, expires, record: fieldsOf(record) };
    }
  }
}

const fieldsOf = ({ letter: _, ...fields }: HashedRecord): Readonly<Record<string, unknown>> => fields;

const STATES: Readonly<Record<NonNullable<ShownProof["state"]>, string>> = {
  absent: "never registered",
  live: "registered",
  grace: "expired: only its owner can still renew it",
  lapsed: "expired: anybody can register it",
  revoked: "revoked by its owner",
};

export function proofCard(shown: ShownProof, style: Style): string {
  const { name, level, height, at, state, expires, record, zonefile, pin } = shown;
  const of = (record ?? {}) as { address?: string; valueHash?: string; revoked?: boolean; op?: string; txid?: string };
  const isOwned = record !== null && of.revoked !== true && state !== "lapsed";
  const lines = card(
    [
      ["name", style.name(name)],
      ["state", state === null ? null : state === "live" ? style.good(STATES.live) : style.warn(STATES[state])],
      ["owner", isOwned ? (of.address ?? null) : of.revoked === true ? style.warn("none: revoked") : null],
      ["zone file", isOwned ? (of.valueHash ?? "none") : null],
      ["expires", state === null || state === "absent" ? null : expires === null ? "never" : `block ${expires}`],
      ["operation", record === null ? null : `${of.op ?? ""} ${style.dim(of.txid ?? "")}`],
      ["checked", style.good(level)],
      [
        "block",
        height !== null ? String(height) : record === null ? null : `at or before ${pin.height}: which is not proven`,
      ],
      ["pin", pinWords(pin, style)],
      ["note", at === null ? "later operations up to the pin are not excluded" : `nothing later up to block ${at}`],
    ],
    style,
  );
  return zonefile === null ? lines : `${lines}\n\n${zonefile.trimEnd()}`;
}
