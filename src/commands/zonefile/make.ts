import { command } from "../../cli/command.ts";
import { card } from "../../cli/layout.ts";
import { arg, flag, integer, option, optionOr, options, path } from "../../cli/parameter.ts";
import { shownZonefile } from "../../cli/zonefile.ts";
import { BskError, ParseError } from "../../errors.ts";
import { fromUtf8, toLatin1 } from "../../primitives/bytes.ts";
import { type Name, name as parseName } from "../../primitives/name.ts";
import { adviceOn } from "../../zonefile/advice.ts";
import { parseZonefile } from "../../zonefile/parse.ts";
import {
  printZonefile,
  profileRecord,
  profileUrl,
  profileZonefile,
  resolverRecord,
  USUAL_TTL,
} from "../../zonefile/print.ts";
import type { ZoneRecord } from "../../zonefile/record.ts";
import { MAX_ZONEFILE_BYTES } from "../../zonefile/size.ts";

/** One line of a zone file, such as `www A 192.0.2.1`. @throws ParseError */
function line(text: string): string {
  const { records } = parseZonefile(fromUtf8(text));
  if (records.length !== 1) throw new ParseError(`not one record: "${text}"`);
  return text;
}

/** The records, read where they will stand. */
function recordsIn(lines: readonly string[], origin: Name): readonly ZoneRecord[] {
  return lines.flatMap((text) => parseZonefile(fromUtf8(`$ORIGIN ${origin}\n${text}`)).records);
}

export const zonefileMakeCommand = command({
  path: "zonefile make",
  summary: "Write a zone file for a name",
  description: [
    "The file leads to the profile of the name, holds the records that are given, or both. With a profile alone it is, byte for byte, what the original's tools write.",
    "Without -o the zone file itself is the result. Announce it with bsk register or bsk update; its hash goes on the chain, and the nodes keep its bytes.",
  ],
  examples: [
    {
      text: "A zone file that leads to a profile",
      command: "bsk zonefile make alice.demo --profile https://gaia.example/hub/1ABC/profile.json -o alice.txt",
    },
    {
      text: "Records of the DNS",
      command: `bsk zonefile make alice.demo --record "@ A 192.0.2.1" --record "@ MX 10 mail" -o alice.txt`,
    },
  ],
  options: {
    name: arg(parseName, "the name that it is for, such as alice.demo"),
    profile: option(profileUrl, "where the name's profile is", { placeholder: "URL" }),
    record: options(line, "a record as a line of a zone file; may be given more than once", { placeholder: "LINE" }),
    resolver: option(profileUrl, "who answers for subdomains that the chain does not hold yet", { placeholder: "URL" }),
    ttl: optionOr(String(USUAL_TTL), integer(0, 0x7fff_ffff), "how long others may remember the records", {
      placeholder: "SECONDS",
    }),
    output: option(path, "file to write; it must not exist", { placeholder: "FILE", short: "o", completes: "file" }),
    overwrite: flag("write over the file"),
  },
  run: async ({ name, profile, record, resolver, ttl, output, overwrite }, ports) => {
    if (profile === undefined && record.length === 0) {
      throw new BskError("usage", "nothing to put into the zone file", { hint: "give --profile URL or --record LINE" });
    }
    const asEver = profile !== undefined && record.length === 0 && ttl === USUAL_TTL;
    const bytes = asEver
      ? profileZonefile(name, profile, resolver ?? null)
      : printZonefile({
          origin: name,
          ttl,
          records: [
            ...(profile === undefined ? [] : [profileRecord(profile)]), // the first URI is the profile to old clients
            ...recordsIn(record, name),
            ...(resolver === undefined ? [] : [resolverRecord(resolver)]),
          ],
        });
    if (bytes.length > MAX_ZONEFILE_BYTES) {
      throw new BskError("usage", `a zone file of ${bytes.length} bytes: nodes keep at most ${MAX_ZONEFILE_BYTES}`);
    }
    const zone = parseZonefile(bytes);
    for (const { because } of adviceOn(bytes, zone, name)) ports.terminal.warn(because);
    if (output !== undefined) await ports.files.write(output, bytes, { overwrite });
    return { name, file: output ?? null, ...shownZonefile(bytes, zone), zonefile: toLatin1(bytes) };
  },
  text: ({ name, file, zonefileHash, bytes, zonefile }, style) =>
    file === null
      ? zonefile.trimEnd()
      : card(
          [
            ["zone file", file],
            ["for", style.name(name)],
            ["hash", zonefileHash],
            ["size", `${bytes} bytes`],
            ["next", `bsk update ${name} --zonefile ${file}`],
          ],
          style,
        ),
});
