/** What a checked proof is shown as. */
import { BskError } from "../errors.ts";
import type { Outcome } from "../verify/outcome.ts";
import type { NameProof, ProvenRecord } from "../verify/proof.ts";
import { card } from "./layout.ts";
import type { Style } from "./style.ts";

/** As `prove` and `verify` return it; only what the pin's consensus hash authenticates, and on what it rests. */
export interface ShownProof {
  readonly subject: string;
  readonly level: "included" | "placed";
  /** Of the block that holds the operation; null at `included`, where it is at or before the pin. */
  readonly height: number | null;
  /** The operation's fields in the order hashed. */
  readonly record: Readonly<Record<string, unknown>>;
  readonly zonefile: string | null;
  readonly pin: { readonly height: number; readonly consensusHash: string };
}

/** @throws BskError `refuted` or `unproven` for a proof that does not hold */
export function shownProof({ subject, pin }: NameProof, outcome: Outcome<ProvenRecord>): ShownProof {
  if (outcome.kind === "refuted") {
    throw new BskError("refuted", `the proof does not hold: ${outcome.because}`, { rule: "proof-refuted" });
  }
  if (outcome.kind === "unproven") {
    throw new BskError("unproven", `the proof cannot be checked; it would take ${outcome.missing}`, {
      rule: "proof-unproven",
      hint: "ask for a proof from your pin: bsk prove NAME --pin HEIGHT:HASH",
    });
  }
  const { value } = outcome;
  const { letter: _, ...record } = value.record;
  return {
    subject,
    level: value.level,
    height: value.level === "placed" ? value.height : null,
    record,
    zonefile: value.zonefile === null ? null : new TextDecoder().decode(value.zonefile),
    pin,
  };
}

export function proofCard(shown: ShownProof, style: Style): string {
  const { subject, level, height, record, zonefile, pin } = shown;
  const name = record as { address?: string; valueHash?: string | null; revoked?: boolean; op?: string; txid?: string };
  const lines = card(
    [
      ["name", style.name(subject)],
      ["owner", name.revoked === true ? style.warn("none: revoked") : (name.address ?? null)],
      ["zone file", name.valueHash ?? "none"],
      ["operation", `${name.op ?? ""} ${style.dim(name.txid ?? "")}`],
      ["checked", style.good(level)],
      ["block", height === null ? `at or before ${pin.height}: which one is not proven` : String(height)],
      ["pin", `${pin.height}:${pin.consensusHash}`],
      ["note", "later operations up to the pin are not excluded"],
    ],
    style,
  );
  return zonefile === null ? lines : `${lines}\n\n${zonefile.trimEnd()}`;
}
