import type { DatedHeight } from "../cli/amount.ts";
import { command } from "../cli/command.ts";
import { duration } from "../cli/duration.ts";
import { table } from "../cli/layout.ts";
import { option } from "../cli/parameter.ts";
import type { Ports } from "../cli/ports.ts";
import { datesBy, showDeadline, shownStanding } from "../cli/standing.ts";
import { termsOf, termsOptions } from "../cli/terms.ts";
import type { FullName } from "../lightnode/answers.ts";
import type { NameSource } from "../lightnode/name-source.ts";
import { sourceWithin } from "../lightnode/terms.ts";
import { TRUST_LEVELS } from "../lightnode/trust-level.ts";
import { addressAt, type OwnScript } from "../wallet/addresses.ts";
import { pathText } from "../wallet/derivation.ts";

/** Questions that are open at once. */
const AT_ONCE = 8;

interface OwnedName {
  readonly name: string;
  readonly state: "registered" | "revoked" | "in-grace" | "expired";
  readonly address: string;
  readonly path: string;
  /** From this block on it can only be renewed; null: it never expires. */
  readonly expires: DatedHeight | null;
  /** Last block in which it can be renewed. */
  readonly renewalDeadline: DatedHeight | null;
  readonly zonefileHash: string | null;
}

export const namesCommand = command({
  path: "names",
  summary: "List the names that this wallet owns",
  description: [
    "Asks the node, or the log on this machine, for the names of every address of the wallet. Dates are estimates from the usual distance between blocks. Needs no passphrase.",
  ],
  examples: [{ text: "What must be renewed within two months", command: "bsk names --due 60d" }],
  options: {
    due: option(duration, "only names that expire within this time, or have expired", { placeholder: "TIME" }),
    ...termsOptions(TRUST_LEVELS),
  },
  run: async ({ due, ...options }, ports) => {
    const { bitcoin, name: network } = await ports.network();
    const source = await sourceWithin(await ports.ways(options), termsOf(options, ports.clock));
    const { standing } = source;
    const dates = datesBy(standing, bitcoin.secondsPerBlock);
    const records = await ownedRecords(source, ports);
    const within = due === undefined ? Infinity : standing.asOf.height + due / 1000 / bitcoin.secondsPerBlock;
    const names = records
      .filter(({ record }) => due === undefined || (record.expires !== null && record.expires <= within))
      .map(({ record, path }): OwnedName => ({
        name: record.name,
        state: stateOf(record),
        address: record.address,
        path,
        expires: dates.perhaps(record.expires),
        renewalDeadline: dates.perhaps(record.renewalDeadline),
        zonefileHash: record.zonefileHash,
      }))
      .sort((a, b) => (a.expires?.height ?? Infinity) - (b.expires?.height ?? Infinity) || (a.name < b.name ? -1 : 1));
    return { network, names, ...shownStanding(standing) };
  },
  text: ({ names, asOf, level, node }, style) => {
    const foot = style.dim(`${level}, as of block ${asOf.height}${node === null ? "" : `, from ${node}`}`);
    if (names.length === 0) return `no names\n${foot}`;
    const rows = names.map(({ name, state, expires, address }) => [
      style.name(name),
      state === "registered" ? style.good(state) : style.warn(state),
      showDeadline(expires),
      address,
    ]);
    return `${table(["NAME", "STATE", "EXPIRES", "OWNER"], rows, style)}\n${foot}`;
  },
});

function stateOf({ revoked, expired, inGrace }: FullName): OwnedName["state"] {
  if (inGrace) return "in-grace";
  if (expired) return "expired";
  return revoked ? "revoked" : "registered";
}

interface OwnedRecord {
  readonly record: FullName;
  readonly path: string;
}

/** The record of every name on an address of ours. */
async function ownedRecords(source: NameSource, ports: Ports): Promise<readonly OwnedRecord[]> {
  const wallet = await ports.wallet();
  const { keys } = wallet.file();
  const { bitcoin } = await ports.network();
  const of = async ({ path }: OwnScript): Promise<readonly OwnedRecord[]> => {
    const names = await source.namesOf(addressAt(keys, path, bitcoin));
    const records = await Promise.all(names.map((name) => source.record(name)));
    return records.flatMap((record) => (record === null ? [] : [{ record, path: pathText(path) }]));
  };
  const scripts = wallet.scripts();
  const found: OwnedRecord[] = [];
  for (let start = 0; start < scripts.length; start += AT_ONCE) {
    found.push(...(await Promise.all(scripts.slice(start, start + AT_ONCE).map(of))).flat());
  }
  return found;
}
