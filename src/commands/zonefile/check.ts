import { command } from "../../cli/command.ts";
import { card } from "../../cli/layout.ts";
import { arg, option, path } from "../../cli/parameter.ts";
import { shownStanding, standingPairs } from "../../cli/standing.ts";
import { shownZonefile, zonefileIn } from "../../cli/zonefile.ts";
import type { Ports } from "../../cli/ports.ts";
import { BskError } from "../../errors.ts";
import { standingOf } from "../../lightnode/as-of.ts";
import { denial } from "../../lightnode/denial.ts";
import type { ZonefileHash } from "../../primitives/hash.ts";
import { type Name, name as parseName } from "../../primitives/name.ts";
import { adviceOn } from "../../zonefile/advice.ts";

/** @throws BskError `refuted`, rule `zonefile-hash`, where the name carries another hash. */
async function requireAnnounced(name: Name, hash: ZonefileHash, file: string, ports: Ports) {
  const node = await ports.node();
  const standing = await standingOf(node);
  const record = await node.record(name);
  if (record === null) throw denial(node, "name-not-registered", `"${name}" is not registered`);
  if (record.zonefileHash === hash) return shownStanding(standing);
  const has = record.zonefileHash === null ? "has no zone file" : `has the zone file ${record.zonefileHash}`;
  throw new BskError("refuted", `"${name}" ${has}, and "${file}" is ${hash}`, {
    rule: "zonefile-hash",
    hint: `bsk update ${name} --zonefile ${file} announces it`,
  });
}

export const zonefileCheckCommand = command({
  path: "zonefile check",
  summary: "Say what is wrong with a zone file, before the chain carries its hash",
  description: [
    "Reads the file by the standard (RFC 1035): a mistake is told with line and column, and ends with exit code 2. What can be read and will not do what it seems to do is told too, with exit code 0.",
    "With --name the file's origin is compared with the name, and its hash with the one that the name carries on the chain; another hash is exit code 3. With --for only the origin is compared, and no node is asked.",
  ],
  examples: [
    { text: "Before announcing it", command: "bsk zonefile check alice.txt --for alice.demo" },
    { text: "Is it the one that the name has?", command: "bsk zonefile check alice.txt --name alice.demo" },
  ],
  options: {
    file: arg(path, "the zone file; - is standard input", { placeholder: "FILE", completes: "file" }),
    name: option(parseName, "the name that has it already", { placeholder: "NAME" }),
    for: option(parseName, "the name that shall have it", { placeholder: "NAME" }),
  },
  run: async ({ file, name, for: intended }, ports) => {
    if (name !== undefined && intended !== undefined) throw new BskError("usage", "either --name or --for");
    const bytes = await ports.files.readBytes(file);
    const zone = zonefileIn(bytes, file);
    const { records, ...shown } = shownZonefile(bytes, zone);
    const advice = adviceOn(bytes, zone, name ?? intended ?? null);
    const announced = name === undefined ? null : await requireAnnounced(name, shown.zonefileHash, file, ports);
    return { file, name: name ?? intended ?? null, ...shown, records: records.length, advice, announced };
  },
  text: ({ file, name, zonefileHash, bytes, origin, records, advice, announced }, style) =>
    [
      card(
        [
          ["file", file],
          ["hash", zonefileHash],
          ["size", `${bytes} bytes, ${records} ${records === 1 ? "record" : "records"}`],
          ["origin", origin ?? style.dim("none")],
          ["syntax", style.good("right")],
          ["announced", announced === null ? null : style.good(`by "${name ?? ""}"`)],
          ...(announced === null ? [] : standingPairs(announced, style)),
        ],
        style,
      ),
      ...advice.map(({ because }) => style.warn(`! ${because}`)),
    ].join("\n"),
});
