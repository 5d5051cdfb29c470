import { address, scriptOf } from "../bitcoin/address.ts";
import { showAmount } from "../cli/amount.ts";
import { command } from "../cli/command.ts";
import { card } from "../cli/layout.ts";
import { arg, flag, integer, option } from "../cli/parameter.ts";
import type { Ports } from "../cli/ports.ts";
import { shownStanding, standingPairs } from "../cli/standing.ts";
import type { PriceAnswer } from "../lightnode/answers.ts";
import { standingOf } from "../lightnode/as-of.ts";
import { denial } from "../lightnode/denial.ts";
import type { NodeClient } from "../lightnode/node-client.ts";
import { isName, name, type Name, type NamespaceId, namespaceId, namespaceOf } from "../primitives/name.ts";
import type { Satoshi } from "../primitives/units.ts";
import { namespaceCost, registrationCost } from "../wallet/price.ts";

/** Satoshis per virtual byte where nobody was asked. */
const ASSUMED_FEE_RATE = 5;
/** Blocks within which a transaction should confirm. */
const FEE_TARGET_BLOCKS = 6;

function nameOrNamespace(text: string): Name | NamespaceId {
  return text.includes(".") ? name(text) : namespaceId(text);
}

interface FeeRate {
  readonly satoshisPerVbyte: number;
  /** Who said so. */
  readonly from: string;
}

/** The user's rate, else the estimate of a server that the settings name, else an assumption that is told. */
async function feeRateOf(given: number | undefined, { config, coins }: Ports): Promise<FeeRate> {
  if (given !== undefined) return { satoshisPerVbyte: given, from: "--fee-rate" };
  const set = config.get("fee-rate");
  if (set !== undefined) return { satoshisPerVbyte: set, from: config.origin("fee-rate") ?? "settings" };
  if (config.get("bitcoind.url") !== undefined || config.get("esplora.url") !== undefined) {
    const source = await coins();
    const estimate = await source.feeRate(FEE_TARGET_BLOCKS);
    if (estimate !== null) return { satoshisPerVbyte: Math.max(1, estimate), from: source.description };
  }
  return { satoshisPerVbyte: ASSUMED_FEE_RATE, from: "assumed" };
}

/** @throws BskError where there is no price, with the reason in our words: a node's may be anything. */
async function satoshisOf(answer: PriceAnswer, of: Name | NamespaceId, node: NodeClient): Promise<Satoshi> {
  if (answer.kind === "price") return answer.satoshis;
  const missing = isName(of) && (await node.namespace(namespaceOf(of))) === null;
  const because = missing ? `the namespace "${namespaceOf(of)}" does not exist` : "it is not sold for bitcoin now";
  throw denial(node, "no-price", `"${of}" has no price: ${because}`);
}

/** The parts of a sum, in the order in which they are paid. */
type Parts = Readonly<Record<"price" | "burn" | "ownerOutput" | "preorderFee" | "total", Satoshi>> &
  ({ readonly registerFee: Satoshi } | { readonly revealFee: Satoshi; readonly readyFee: Satoshi });

export const priceCommand = command({
  path: "price",
  summary: "Show what a name or a namespace costs, in its parts",
  description: [
    "The price is what the rules demand at the node's last block. The rest is what the transactions need: the output that stays with the owner, and fees.",
    "A name's fees are those of its two transactions. A wallet without three coins of one address makes them first, and pays the fee of that too: bsk register NAME --dry-run shows all parts for the coins at hand.",
    "Fees are reckoned with --fee-rate, else with the setting, else with the estimate of the Bitcoin node or Esplora server that the settings name, else with 5 satoshis per virtual byte.",
  ],
  examples: [
    { text: "A name, both transactions", command: "bsk price alice.test" },
    { text: "A namespace", command: "bsk price test --fee-rate 20" },
  ],
  options: {
    subject: arg(nameOrNamespace, "a name such as alice.test, or a namespace such as test", {
      placeholder: "NAME|NAMESPACE",
    }),
    feeRate: option(integer(1, 10_000), "satoshis per virtual byte", { placeholder: "RATE" }),
    zonefile: flag("the registration carries a zone file hash"),
  },
  run: async ({ subject, feeRate, zonefile }, ports) => {
    const { bitcoin, burnAddress } = await ports.network();
    const node = await ports.node();
    const ofName = isName(subject);
    const [standing, answer, rate] = await Promise.all([
      standingOf(node),
      ofName ? node.namePrice(subject) : node.namespacePrice(subject),
      feeRateOf(feeRate, ports),
    ]);
    const price = await satoshisOf(answer, subject, node);
    const burnScript = scriptOf(address(burnAddress, bitcoin), bitcoin);
    const request = { price, burnScript, feeRate: rate.satoshisPerVbyte };
    let cost: Parts;
    if (ofName) {
      cost = { price, ...registrationCost({ ...request, name: subject, zonefile }) };
    } else {
      const { revealOutput, ...parts } = namespaceCost({ ...request, namespaceId: subject });
      cost = { price, ownerOutput: revealOutput, ...parts };
    }
    return {
      subject,
      kind: ofName ? "name" : "namespace",
      satoshis: cost,
      feeRate: rate,
      exists: !ofName && answer.kind === "price" && answer.exists,
      ...shownStanding(standing),
    };
  },
  text: ({ subject, kind, satoshis, feeRate, exists, ...standing }, style) => {
    const { burn, ownerOutput, preorderFee, total } = satoshis;
    return card(
      [
        [kind, style.name(subject) + (exists ? style.warn(" (exists already)") : "")],
        ["price", showAmount(satoshis.price)],
        ["burned", burn === satoshis.price ? null : `${showAmount(burn)}, the least that nodes relay`],
        ["stays with owner", showAmount(ownerOutput)],
        ["preorder fee", showAmount(preorderFee)],
        ...("registerFee" in satoshis
          ? ([["register fee", showAmount(satoshis.registerFee)]] as const)
          : ([
              ["reveal fee", showAmount(satoshis.revealFee)],
              ["ready fee", showAmount(satoshis.readyFee)],
            ] as const)),
        ["total", style.bold(showAmount(total))],
        ["fee rate", `${feeRate.satoshisPerVbyte} sat/vB (${feeRate.from})`],
        ...standingPairs(standing, style),
      ],
      style,
    );
  },
});
