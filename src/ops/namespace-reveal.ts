/**
 * NAMESPACE_REVEAL, opcode "&": say a preordered namespace aloud, with its prices.
 *
 *   0    2  3            7       8      9             17              18            20
 *   "id" &  lifetime (4) coeff   base   buckets (8)   discounts (1)   version (2)   namespaceId (1 to 19)
 *
 * buckets: 16 exponents, one nibble each. discounts: high nibble without letters only, low nibble without vowels; each
 * 1 to 15. version: 1, 2 or 3. Exactly 3 outputs; 1 is the revealer.
 * Source: spec 01 §4.8; original `operations/namespacereveal.py`.
 */
import { layout, nibblesField, textField, uintField } from "../encoding/layout.ts";
import { ParseError } from "../errors.ts";
import { type NamespaceId, namespaceId } from "../primitives/name.ts";
import type { NamespaceParameters } from "./operation.ts";

const wire = layout({
  lifetime: uintField(4),
  coeff: uintField(1),
  base: uintField(1),
  buckets: nibblesField(16),
  discounts: nibblesField(2),
  version: uintField(2),
  namespaceId: textField(namespaceId),
});

type Reveal = NamespaceParameters & { readonly namespaceId: NamespaceId };

/** What the original calls sanity: outside of it the transaction is no operation. */
function checkSanity({ nonalphaDiscount, noVowelDiscount, version }: Reveal): void {
  if (nonalphaDiscount < 1 || noVowelDiscount < 1) throw new ParseError("a discount of 0");
  if (version < 1 || version > 3) throw new ParseError(`namespace version ${version}`);
}

/** The payload's fields as the domain names them. */
export const namespaceReveal = {
  fields: wire.fields,
  size: wire.size,
  /** @throws ParseError on values that the network would not read back. */
  encode: (reveal: Reveal): Uint8Array => {
    checkSanity(reveal);
    return wire.encode({ ...reveal, discounts: [reveal.nonalphaDiscount, reveal.noVowelDiscount] });
  },
  /** @throws ParseError */
  decode: (bytes: Uint8Array): Reveal => {
    const { discounts, ...values } = wire.decode(bytes);
    const [nonalphaDiscount = 0, noVowelDiscount = 0] = discounts;
    const reveal = { ...values, nonalphaDiscount, noVowelDiscount };
    checkSanity(reveal);
    return reveal;
  },
};
