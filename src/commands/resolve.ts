import { command } from "../cli/command.ts";
import { card } from "../cli/layout.ts";
import { arg } from "../cli/parameter.ts";
import { datesBy, showDeadline, shownStanding, standingPairs } from "../cli/standing.ts";
import { strangersPairs } from "../cli/strangers.ts";
import { atOption, nodesOption, termsOf, termsOptions } from "../cli/terms.ts";
import { resolve } from "../lightnode/resolve.ts";
import { TRUST_LEVELS } from "../lightnode/trust-level.ts";
import { name } from "../primitives/name.ts";

export const resolveCommand = command({
  path: "resolve",
  summary: "Resolve a name to its owner and zone file, checked against the chain",
  description: [
    "Asks the node for the record of the name and for its zone file, and checks that the zone file has the hash that the record carries.",
    "The answer says how far it was checked: indexed (your own node replayed the chain) or claimed (a node that is not yours said so).",
    "Names that are not registered, revoked or expired are refused with exit code 5, missing zone files with 4, wrong ones with 3.",
    "An answer that was checked less than --require, or is older than --max-age, is exit code 4.",
  ],
  examples: [
    { text: "The zone file, only if your own node answers", command: "bsk resolve alice.test --require indexed" },
    { text: "Only with blocks of the last two hours", command: "bsk resolve alice.test --max-age 2h" },
    { text: "For a script", command: "bsk resolve alice.test --json" },
  ],
  options: {
    name: arg(name, "the name, such as alice.test"),
    nodes: nodesOption,
    ...termsOptions(TRUST_LEVELS),
    at: atOption,
  },
  run: async ({ name, ...options }, ports) => {
    const { bitcoin } = await ports.network();
    const found = await resolve(name, await ports.ways(options), termsOf(options, ports.clock));
    const { expires, inGrace, address, zonefileHash, zonefile, zonefileHex } = found;
    const dates = datesBy(found, bitcoin.secondsPerBlock);
    return {
      name,
      address,
      zonefileHash,
      zonefile,
      ...(zonefileHex === null ? {} : { zonefileHex }),
      expires: dates.perhaps(expires),
      inGrace,
      ...shownStanding(found),
      ...(found.strangers === undefined ? {} : { strangers: found.strangers }),
    };
  },
  text: ({ name, address, zonefileHash, zonefile, zonefileHex, expires, inGrace, strangers, ...standing }, style) =>
    [
      card(
        [
          ["name", style.name(name)],
          ["owner", address],
          ["zone file", zonefileHash],
          ["expires", showDeadline(expires)],
          ["grace", inGrace ? style.warn("expired: only its owner can still renew it") : null],
          ...standingPairs(standing, style),
          ...(strangers === undefined ? [] : strangersPairs(strangers, style)),
        ],
        style,
      ),
      "",
      zonefile?.trimEnd() ?? `(${(zonefileHex ?? "").length / 2} bytes that are no text)`,
    ].join("\n"),
});
