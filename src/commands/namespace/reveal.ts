import { command } from "../../cli/command.ts";
import { arg, flag, integer, oneOf, option, optionOr, text } from "../../cli/parameter.ts";
import { receiptCard } from "../../cli/receipt.ts";
import { ParseError } from "../../errors.ts";
import { namespaceId } from "../../primitives/name.ts";
import { openNamespacePreorder } from "../../spending/namespace-preorder.ts";
import { ownerAddress } from "../../spending/ownership.ts";
import { perform } from "../../spending/perform.ts";
import { planNamespaceReveal } from "../../wallet/plan-namespace.ts";

const BUCKETS = 16;
/** What the largest lifetime on the wire means. */
const FOR_EVER = 0xffffffff;

/** Sixteen exponents from 0 to 15. @throws ParseError */
function buckets(value: string): readonly number[] {
  const exponents = value.split(",").map(integer(0, 15));
  if (exponents.length !== BUCKETS)
    throw new ParseError(`${exponents.length} exponents instead of ${BUCKETS}: "${value}"`);
  return exponents;
}

function lifetime(value: string): number {
  return value === "forever" ? FOR_EVER : integer(1, FOR_EVER - 1)(value);
}

export const namespaceRevealCommand = command({
  path: "namespace reveal",
  summary: "Reveal a namespace: its prices and lifetimes, for ever",
  description: [
    "A name costs coeff × base ^ bucket[length], divided by the larger of the discounts that apply: names without vowels, and names with digits, - or _. What is revealed can never be changed.",
    "The preorder is found on the chain by the keys of the wallet.",
  ],
  examples: [
    {
      text: "Names cost as in the first namespace of BNS and live a year",
      command: "bsk namespace reveal demo --lifetime 52595 --coeff 250 --base 4 --network regtest",
    },
  ],
  spends: true,
  options: {
    id: arg(namespaceId, "the namespace, which this wallet preordered"),
    lifetime: optionOr("52595", lifetime, "blocks that a name lives before it must be renewed, or forever", {
      placeholder: "BLOCKS",
    }),
    coeff: optionOr("250", integer(0, 255), "coefficient of the price", { placeholder: "N" }),
    base: optionOr("4", integer(0, 255), "base of the price", { placeholder: "N" }),
    buckets: optionOr(
      "6,5,4,3,2,1,0,0,0,0,0,0,0,0,0,0",
      buckets,
      "16 exponents, for labels of 1, 2, … 16 and more characters",
      {
        placeholder: "LIST",
      },
    ),
    nonalphaDiscount: optionOr("10", integer(1, 15), "divides the price of labels with digits, - or _", {
      placeholder: "N",
    }),
    noVowelDiscount: optionOr("10", integer(1, 15), "divides the price of labels without vowels", { placeholder: "N" }),
    pay: optionOr("burn", oneOf(["burn", "creator"]), "what registrations pay: nobody, or for a year the creator"),
    revealer: option(text, "the revealer that was preordered, if it is no address of this wallet", {
      placeholder: "ADDRESS",
    }),
    noWait: flag("return as soon as it is sent"),
  },
  run: async ({ id, pay, revealer, noWait, ...curve }, ports) => {
    const desk = await ports.desk();
    const given = revealer === undefined ? null : ownerAddress(revealer, desk.network);
    const parameters = {
      lifetime: curve.lifetime,
      coeff: curve.coeff,
      base: curve.base,
      buckets: curve.buckets,
      nonalphaDiscount: curve.nonalphaDiscount,
      noVowelDiscount: curve.noVowelDiscount,
      version: pay === "burn" ? 1 : 2,
    };
    return perform(
      { kind: "operation", subject: id, purpose: `reveal namespace ${id}`, owner: given, zonefile: null },
      async (context) => {
        const preorder = await openNamespacePreorder(id, given, context.purse, desk);
        return planNamespaceReveal({ namespaceId: id, parameters, ...preorder }, context);
      },
      desk,
      await ports.interaction({ wait: !noWait }),
    );
  },
  text: receiptCard,
});
