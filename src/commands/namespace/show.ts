import { showDatedHeight } from "../../cli/amount.ts";
import { command } from "../../cli/command.ts";
import { card } from "../../cli/layout.ts";
import { arg } from "../../cli/parameter.ts";
import { datesBy, shownStanding, standingPairs } from "../../cli/standing.ts";
import { termsOf, termsOptions } from "../../cli/terms.ts";
import { sourceWithin } from "../../lightnode/terms.ts";
import { TRUST_LEVELS } from "../../lightnode/trust-level.ts";
import { namespaceId } from "../../primitives/name.ts";

/** Lifetime of names that never expire: the largest number that a reveal can carry. */
const FOR_EVER = 0xffff_ffff;

export const namespaceShowCommand = command({
  path: "namespace show",
  summary: "Show a namespace: who made it, its prices, whether it is open",
  examples: [{ text: "A namespace and its price curve", command: "bsk namespace show test" }],
  options: { id: arg(namespaceId, "the namespace, such as test"), ...termsOptions(TRUST_LEVELS) },
  run: async ({ id, ...options }, ports) => {
    const { bitcoin, namespaceRevealExpire } = await ports.network();
    const source = await sourceWithin(await ports.ways(options), termsOf(options, ports.clock));
    const { standing } = source;
    const namespace = await source.namespace(id);
    if (namespace === null) throw source.denial("namespace-not-revealed", `there is no namespace "${id}"`);
    const dates = datesBy(standing, bitcoin.secondsPerBlock);
    const { namespaceId: _id, preordered, revealed, opened, ready, ...rest } = namespace;
    return {
      namespace: id,
      ready,
      preordered: dates.at(preordered),
      revealed: dates.at(revealed),
      opened: dates.perhaps(opened),
      /** Last chance to open it. */
      lapses: ready ? null : { ...dates.at((revealed + namespaceRevealExpire) as typeof revealed) },
      ...rest,
      ...shownStanding(standing),
    };
  },
  text: (of, style) =>
    card(
      [
        ["namespace", style.name(of.namespace)],
        ["state", of.ready ? style.good("open") : style.warn("revealed, not open yet")],
        ["creator", of.creator],
        ["revealer", of.revealer],
        ["revealed", showDatedHeight(of.revealed)],
        ["opened", of.opened === null ? null : showDatedHeight(of.opened)],
        ["lapses", of.lapses === null ? null : showDatedHeight(of.lapses)],
        ["names live", of.lifetime === FOR_EVER ? "for ever" : `${of.lifetime} blocks (times the epoch's factor)`],
        [
          "fees",
          of.version === 1 ? "burned" : of.version === 2 ? "to its creator for a time, then burned" : "in tokens",
        ],
        ["coefficient", `${of.coeff}, base ${of.base}`],
        ["exponents", of.buckets.join(" ") + style.dim(" (labels of 1 to 16 characters)")],
        ["discounts", `${of.nonalphaDiscount} for digits, - and _; ${of.noVowelDiscount} without vowels`],
        ["last change", `${of.lastOperation.opcode} ${style.dim(of.lastOperation.txid)}`],
        ...standingPairs(of, style),
      ],
      style,
    ),
});
