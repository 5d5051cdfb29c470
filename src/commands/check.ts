import { command } from "../cli/command.ts";
import { card } from "../cli/layout.ts";
import { arg } from "../cli/parameter.ts";
import type { Ports } from "../cli/ports.ts";
import { datesBy, showDeadline, shownStanding, standingPairs } from "../cli/standing.ts";
import { BskError } from "../errors.ts";
import type { FullName, FullNamespace } from "../lightnode/answers.ts";
import { standingOf } from "../lightnode/as-of.ts";
import type { NodeClient } from "../lightnode/node-client.ts";
import { name, type Name, namespaceOf } from "../primitives/name.ts";
import { raceLines } from "../spending/race-lines.ts";
import { lookForRaces, type Races } from "../spending/races.ts";

/** Why a name can or cannot be registered; the words of the rules where one is in the way. */
type Reason =
  | "available"
  | "chain-ended"
  | "namespace-unknown"
  | "namespace-not-ready"
  | "name-registered"
  | "name-in-grace"
  | "name-revoked";

function reasonFor(ended: boolean, namespace: FullNamespace | null, record: FullName | null): Reason {
  if (ended) return "chain-ended";
  if (namespace === null) return "namespace-unknown";
  if (!namespace.ready) return "namespace-not-ready";
  if (record === null || (record.expired && !record.inGrace)) return "available";
  if (record.inGrace) return "name-in-grace";
  return record.revoked ? "name-revoked" : "name-registered";
}

const WORDS: Readonly<Record<Reason, string>> = {
  available: "available",
  "chain-ended": "not available: the network ended, and ignores every operation",
  "namespace-unknown": "not available: its namespace does not exist",
  "namespace-not-ready": "not available: its namespace is revealed, but not open yet",
  "name-registered": "registered",
  "name-in-grace": "expired, but its owner can still renew it",
  "name-revoked": "revoked: nobody can have it before it expires",
};

/** Null where no source of coins can be asked: the answer about the name stands without. */
async function racesFor(name: Name, node: NodeClient, ports: Ports): Promise<Races | null> {
  try {
    return await lookForRaces(
      { name, preorderHash: null },
      { source: await ports.coins(), network: await ports.network(), node },
    );
  } catch (error) {
    if (error instanceof BskError && error.kind === "machine") return null;
    throw error;
  }
}

function racePairs(races: Races | null): readonly (readonly [string, string])[] {
  if (races === null) return [["others", "cannot be seen: no Bitcoin node or Esplora server answers"]];
  return raceLines(races).map((line, i) => [i === 0 ? "others" : "", line] as const);
}

export const checkCommand = command({
  path: "check",
  summary: "Say whether a name can be registered, and if not, why",
  description: [
    "A preorder hides its name: that somebody else is about to register it cannot be seen before they do. Where the settings give a Bitcoin node or an Esplora server, its mempool and last blocks are searched for registers of the name, and preorders are counted.",
    "The exit code is 0 whether the name is available or not; scripts read available.",
  ],
  examples: [{ text: "Is it free?", command: "bsk check alice.test" }],
  options: { name: arg(name, "the name, such as alice.test") },
  run: async ({ name }, ports) => {
    const { bitcoin, endHeight } = await ports.network();
    const node = await ports.node();
    const standing = await standingOf(node);
    const namespace = await node.namespace(namespaceOf(name));
    const record = await node.record(name);
    const ended = endHeight !== null && standing.asOf.height + 1 >= endHeight;
    const reason = reasonFor(ended, namespace, record);
    const races = reason === "available" ? await racesFor(name, node, ports) : null;
    const dates = datesBy(standing, bitcoin.secondsPerBlock);
    return {
      name,
      available: reason === "available",
      reason,
      races,
      owner: record?.address ?? null,
      expires: dates.perhaps(record?.expires ?? null),
      renewalDeadline: dates.perhaps(record?.renewalDeadline ?? null),
      ...shownStanding(standing),
    };
  },
  text: ({ name, available, reason, races, owner, expires, renewalDeadline, ...standing }, style) =>
    card(
      [
        ["name", style.name(name)],
        ["state", available ? style.good(WORDS[reason]) : style.warn(WORDS[reason])],
        ...(available ? racePairs(races) : []),
        [available ? "last owner" : "owner", owner],
        [available ? "expired" : "expires", owner === null ? null : showDeadline(expires)],
        ["renewable to", owner === null || available ? null : showDeadline(renewalDeadline)],
        ...standingPairs(standing, style),
      ],
      style,
    ),
});
