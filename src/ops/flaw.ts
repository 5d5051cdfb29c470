/** Why a transaction is no operation, as values: every way in which extraction and the reading of payloads can fail. */
import type { ScriptTemplate } from "../bitcoin/script.ts";

export type Flaw =
  /** It creates coins: its input has no sender. */
  | { readonly kind: "coinbase" }
  /** It has no OP_RETURN output. */
  | { readonly kind: "no-nulldata" }
  /** The last OP_RETURN output, which decides, is not followed by exactly one push of data. */
  | { readonly kind: "nulldata-form"; readonly output: number }
  /** The data begins with these bytes (hex) instead of the network's. */
  | { readonly kind: "wrong-magic"; readonly begins: string }
  /** Nothing follows the magic bytes. */
  | { readonly kind: "no-opcode" }
  | { readonly kind: "unknown-opcode"; readonly opcode: number }
  /** `open`: at least so many bytes are due; else exactly as many. */
  | { readonly kind: "payload-size"; readonly size: number; readonly due: number; readonly open: boolean }
  /** `field`: the one that cannot be read; null where it is two of them together, or the epoch. */
  | { readonly kind: "payload-field"; readonly field: string | null; readonly because: string }
  /** `most`: null for any number. */
  | { readonly kind: "output-count"; readonly outputs: number; readonly least: number; readonly most: number | null }
  /** `template`: null for a script of no known kind. */
  | { readonly kind: "output-template"; readonly output: number; readonly template: ScriptTemplate | null }
  | { readonly kind: "input-template"; readonly input: number; readonly template: ScriptTemplate | null }
  /** An output that must pay an address pays none. */
  | { readonly kind: "no-address"; readonly role: string };

/** The same in words, without full stop. */
export function flawText(flaw: Flaw): string {
  switch (flaw.kind) {
    case "coinbase":
      return "it is a coinbase, which has no sender";
    case "no-nulldata":
      return "it has no OP_RETURN output";
    case "nulldata-form":
      return `output ${flaw.output}, its last OP_RETURN, decides, and that is not followed by exactly one push of data`;
    case "wrong-magic":
      return `its data begins with the bytes "${flaw.begins}", not with the network's magic`;
    case "no-opcode":
      return "nothing follows the magic bytes";
    case "unknown-opcode":
      return `unknown opcode ${flaw.opcode}`;
    case "payload-size":
      return `${flaw.size} bytes where ${flaw.open ? "at least " : ""}${flaw.due} are due`;
    case "payload-field":
      return flaw.because;
    case "output-count": {
      const { outputs, least, most } = flaw;
      return `${outputs} outputs where ${least === most ? "" : "at least "}${least} are due`;
    }
    case "output-template":
      return `output ${flaw.output} is ${flaw.template ?? "not standard"}, not p2pkh or p2sh`;
    case "input-template":
      return `input ${flaw.input} spends ${flaw.template ?? "a nonstandard script"}, not p2pkh or p2sh`;
    case "no-address":
      return `the ${flaw.role} has no address`;
  }
}
