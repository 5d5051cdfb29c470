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
    "Takes the best way that there is: your own node; else the verified log on this machine (bsk light sync); else nodes that are not yours, which are all asked at once. Whoever gives the zone file, it must have the hash that the record carries.",
    "The answer says how far it was checked: indexed (your own node replayed the chain), complete (every operation up to the pin was hashed), quorum (two nodes or more answered, and none of them knows a later operation than the one that is proven), placed or included (one node proved the record under the pin: in a certain block, or at some height), claimed (a node that is not yours said so, and nothing proves it).",
    "Of nodes that contradict each other under a pin the one with the newest proven operation is right, however few agree with it. What the others said is kept as evidence, which bsk verify checks. Without a pin, the block on which all nodes that answer agree is taken for one.",
    "Names that are not registered, revoked or expired are refused with exit code 5, or 4 where a node may hide what came later; missing zone files with 4, wrong ones with 3.",
    "An answer that was checked less than --require, or is older than --max-age, is exit code 4.",
  ],
  examples: [
    { text: "The zone file, only if your own node answers", command: "bsk resolve alice.test --require indexed" },
    {
      text: "From nodes that may all lie, unless all of them do",
      command: "bsk resolve alice.test --nodes https://a.example,https://b.example --require quorum",
    },
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
