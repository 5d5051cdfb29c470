/** What checked evidence is shown as. */
import { BskError } from "../errors.ts";
import type { ShownPin } from "../lightnode/pin.ts";
import type { Evidence, Falsehood } from "../verify/evidence.ts";
import type { Outcome } from "../verify/outcome.ts";
import { card } from "./layout.ts";
import { pinWords } from "./pin.ts";
import type { Style } from "./style.ts";

/** As `verify` returns it. */
export interface ShownEvidence {
  /** URL of the node that answered falsely, by the word of whoever kept the evidence. */
  readonly caught: string;
  /** `proof`: its answer does not hold; `history`: it follows another one; `omission`: it left an operation out. */
  readonly falsehood: Falsehood["kind"];
  readonly because: string;
  /** The name that was asked for. */
  readonly name: string;
  /** When it was kept. */
  readonly keptAt: string;
  /** URL of the node whose answer shows it; null where the false answer shows it itself. */
  readonly shownBy: string | null;
  readonly pin: ShownPin;
}

/** @throws BskError `refuted` for evidence that shows nothing; `unproven` under another pin than its own */
export function shownEvidence(
  { said, shown, at, pin: own }: Evidence,
  outcome: Outcome<Falsehood>,
  pin: ShownPin,
): ShownEvidence {
  if (outcome.kind === "refuted") {
    throw new BskError("refuted", `the evidence shows nothing: ${outcome.because}`, { rule: "evidence-refuted" });
  }
  if (outcome.kind === "unproven") {
    throw new BskError("unproven", `the evidence cannot be checked; it would take ${outcome.missing}`, {
      rule: "evidence-unproven",
      hint: `it rests on ${own.height}:${own.consensusHash}; give it with --pin if you trust it`,
    });
  }
  const { node, kind, because } = outcome.value;
  const { name } = said.answer;
  return { caught: node, falsehood: kind, because, name, keptAt: at, shownBy: shown?.node ?? null, pin };
}

export function evidenceCard({ caught, because, name, keptAt, shownBy, pin }: ShownEvidence, style: Style): string {
  return card(
    [
      ["caught", style.bad(caught)],
      ["asked for", style.name(name)],
      ["false", because],
      ["shown by", shownBy ?? "its own answer"],
      ["kept", `${keptAt.slice(0, 16)}Z`],
      ["pin", pinWords(pin, style)],
      ["note", "hashes show that this answer is false; that the node gave it is the word of whoever kept the file"],
    ],
    style,
  );
}
