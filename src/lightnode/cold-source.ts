/** What strangers say of one name, as a source: its record as far as they prove it, the rest as one of them says it. */
import { BskError } from "../errors.ts";
import { hash160 } from "../primitives/digest.ts";
import { zonefileHash } from "../primitives/hash.ts";
import type { Name } from "../primitives/name.ts";
import type { Ways } from "./best-source.ts";
import { askStrangers, type ColdAnswer } from "./cold.ts";
import type { Caught } from "./caught.ts";
import { type NameSource, nodeSource } from "./name-source.ts";
import type { NodeClient } from "./node-client.ts";
import type { Terms } from "./terms.ts";
import type { ZonefilePlaces } from "./zonefile-search.ts";

/** Nodes that are believed in nothing. */
export interface Strangers {
  /** Different machines, at least one. */
  readonly nodes: readonly [NodeClient, ...NodeClient[]];
  /** Keeps the evidence against a node, and gives the path of its file; null: it could not be kept. */
  readonly caught: (found: Caught) => Promise<string | null>;
}

export interface ColdSource extends NameSource {
  /** Zone files that came with the answers. */
  readonly zonefiles: ZonefilePlaces["nodes"];
  readonly cold: ColdAnswer;
}

/** @throws BskError as `askStrangers`; `usage`, rule `at-strangers`, for the state after an earlier block than the pin's */
export async function coldSource(
  name: Name,
  { pin, network, strangers }: Pick<Ways, "pin" | "network" | "strangers">,
  { at, now }: Pick<Terms, "at" | "now">,
): Promise<ColdSource> {
  if (at !== undefined && at !== pin?.height) throw notBetween();
  const { nodes, caught } = await strangers();
  const cold = await askStrangers({ name, nodes, pin, network, now, caught });
  const { standing, answered } = cold;
  const holder = nodes.find(({ url }) => url === standing.node) ?? nodes[0];
  const rest = (): Promise<NameSource> => nodeSource(holder);
  return {
    cold,
    standing,
    record: async (of) => (of === name ? cold.record : (await rest()).record(of)),
    history: async (of) => (await rest()).history(of),
    namesOf: async (address) => (await rest()).namesOf(address),
    namespace: async (id) => (await rest()).namespace(id),
    denial: (rule, message) => refusal(rule, message, cold),
    zonefiles: answered.map(({ node, zonefile }) => ({
      url: node.url,
      zonefile: (hash) =>
        Promise.resolve(zonefile !== null && zonefileHash.of(hash160(zonefile)) === hash ? zonefile : null),
    })),
  };
}

function notBetween(): BskError {
  return new BskError("usage", "strangers prove what was last at a pin's block, not at others", {
    rule: "at-strangers",
    hint: "give a pin of that block (--pin HEIGHT:HASH), or hash all operations up to the pin: bsk light sync",
  });
}

/** What several nodes prove under an attested pin is so, as far as any of them knows; else somebody may hide the rest. */
function refusal(rule: string, message: string, { standing }: ColdAnswer): BskError {
  const { level, nodes, asOf, pin } = standing;
  const by = nodes?.answered === 1 ? standing.node : `${nodes?.answered ?? 0} nodes`;
  const words = `${message} as of block ${asOf.height}, by ${by}`;
  if (level === "quorum" && pin?.attested === true) return new BskError("rejected", words, { rule });
  return new BskError("unproven", words, {
    rule,
    hint: "a node may hide what came later: ask several (--nodes URL,URL) under a pin that you trust (--pin HEIGHT:HASH)",
  });
}
