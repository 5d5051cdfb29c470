import { command } from "../cli/command.ts";
import { card } from "../cli/layout.ts";
import { arg } from "../cli/parameter.ts";
import { datesBy, showDeadline, shownStanding, standingPairs } from "../cli/standing.ts";
import { atOption, nodesOption, termsOf, termsOptions } from "../cli/terms.ts";
import { showDatedHeight } from "../cli/amount.ts";
import { sourceWithin } from "../lightnode/terms.ts";
import { TRUST_LEVELS } from "../lightnode/trust-level.ts";
import { name } from "../primitives/name.ts";

export const showCommand = command({
  path: "show",
  summary: "Show the record of a name",
  description: ["Expired and revoked names are shown too, with their state."],
  examples: [
    { text: "Who owns a name, and until when", command: "bsk show alice.test" },
    { text: "As it was, from the log on this machine", command: "bsk show alice.test --at 700000 --offline" },
  ],
  options: {
    name: arg(name, "the name, such as alice.test"),
    nodes: nodesOption,
    ...termsOptions(TRUST_LEVELS),
    at: atOption,
  },
  run: async ({ name, ...options }, ports) => {
    const { bitcoin } = await ports.network();
    const source = await sourceWithin(await ports.ways(options), termsOf(options, ports.clock), name);
    const { standing } = source;
    const record = await source.record(name);
    if (record === null) throw source.denial("name-not-registered", `"${name}" was never registered`);
    const dates = datesBy(standing, bitcoin.secondsPerBlock);
    const { revoked, expired, inGrace } = record;
    return {
      name,
      namespace: record.namespaceId,
      state: revoked ? "revoked" : inGrace ? "in-grace" : expired ? "expired" : "registered",
      address: record.address,
      zonefileHash: record.zonefileHash,
      expires: dates.perhaps(record.expires),
      renewalDeadline: dates.perhaps(record.renewalDeadline),
      firstSeen: dates.at(record.firstSeen),
      preordered: dates.at(record.preordered),
      registered: dates.at(record.registered),
      renewed: dates.at(record.renewed),
      importer: record.importer,
      lastOperation: record.lastOperation,
      ...shownStanding(standing),
    };
  },
  text: (record, style) => {
    const { name, state, lastOperation } = record;
    return card(
      [
        ["name", style.name(name)],
        ["state", state === "registered" ? style.good(state) : style.warn(state)],
        ["owner", record.address],
        ["zone file", record.zonefileHash ?? "none"],
        ["expires", showDeadline(record.expires)],
        ["renewable to", showDeadline(record.renewalDeadline)],
        ["first seen", showDatedHeight(record.firstSeen)],
        ["registered", showDatedHeight(record.registered)],
        ["renewed", record.renewed.height === record.registered.height ? null : showDatedHeight(record.renewed)],
        ["imported by", record.importer],
        ["last change", `${lastOperation.opcode} ${style.dim(lastOperation.txid)}`],
        ...standingPairs(record, style),
      ],
      style,
    );
  },
});
