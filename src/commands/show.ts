import { command } from "../cli/command.ts";
import { card } from "../cli/layout.ts";
import { arg } from "../cli/parameter.ts";
import { datesBy, showDeadline, shownStanding, standingPairs } from "../cli/standing.ts";
import { showDatedHeight } from "../cli/amount.ts";
import { standingOf } from "../lightnode/as-of.ts";
import { denial } from "../lightnode/denial.ts";
import { name } from "../primitives/name.ts";

export const showCommand = command({
  path: "show",
  summary: "Show the record of a name",
  description: ["Expired and revoked names are shown too, with their state."],
  examples: [{ text: "Who owns a name, and until when", command: "bsk show alice.test" }],
  options: { name: arg(name, "the name, such as alice.test") },
  run: async ({ name }, ports) => {
    const { bitcoin } = await ports.network();
    const node = await ports.node();
    const standing = await standingOf(node);
    const record = await node.record(name);
    if (record === null) throw denial(node, "name-not-registered", `"${name}" was never registered`);
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
