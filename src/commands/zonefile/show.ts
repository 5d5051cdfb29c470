import { command } from "../../cli/command.ts";
import { card } from "../../cli/layout.ts";
import { option, optionalArg, path } from "../../cli/parameter.ts";
import { type ShownStanding, shownStanding, standingPairs } from "../../cli/standing.ts";
import { recordTable, type ShownZonefile, shownZonefile, zonefileIn } from "../../cli/zonefile.ts";
import type { Ports } from "../../cli/ports.ts";
import { BskError } from "../../errors.ts";
import { resolve } from "../../lightnode/resolve.ts";
import { fromHex, fromUtf8 } from "../../primitives/bytes.ts";
import { hash160 } from "../../primitives/digest.ts";
import { zonefileHash as parseHash } from "../../primitives/hash.ts";
import { type Name, name as parseName } from "../../primitives/name.ts";
import { parseZonefile } from "../../zonefile/parse.ts";
import { ZonefileError } from "../../zonefile/zonefile-error.ts";

interface Shown extends Omit<ShownZonefile, "records">, Partial<ShownStanding> {
  readonly name: Name | null;
  readonly file: string | null;
  /** Null where the bytes are no zone file: `flaw` tells where. Names may carry anything. */
  readonly records: ShownZonefile["records"] | null;
  readonly flaw: string | null;
}

/** The zone file that a name has on the chain, fetched and checked against its hash. */
async function ofName(name: Name, ports: Ports): Promise<Shown> {
  const found = await resolve(name, await ports.ways({ offline: false, pin: undefined }), {
    require: "claimed",
    now: ports.clock.now(),
  });
  const bytes = found.zonefile === null ? fromHex(found.zonefileHex ?? "") : fromUtf8(found.zonefile);
  const told = { name, file: null, ...shownStanding(found) };
  try {
    return { ...told, ...shownZonefile(bytes, parseZonefile(bytes)), flaw: null };
  } catch (error) {
    if (!(error instanceof ZonefileError)) throw error;
    const hash = parseHash.of(hash160(bytes));
    const nothing = { origin: null, ttl: null, records: null };
    return { ...told, zonefileHash: hash, bytes: bytes.length, ...nothing, flaw: error.message };
  }
}

export const zonefileShowCommand = command({
  path: "zonefile show",
  summary: "Show the records of a zone file, of a name or in a file",
  description: [
    "With a name, the zone file is fetched and checked against the hash that the name carries, as bsk resolve does; with --file a file is read, and no node is asked.",
    "Names that stand below the file's origin are shown without it; @ is the origin itself.",
  ],
  examples: [
    { text: "What a name points to", command: "bsk zonefile show alice.demo" },
    { text: "What a file says, for a script", command: "bsk zonefile show --file alice.txt --json" },
  ],
  options: {
    name: optionalArg(parseName, "the name, such as alice.demo"),
    file: option(path, "a zone file; - is standard input", { placeholder: "FILE", completes: "file" }),
  },
  run: async ({ name, file }, ports): Promise<Shown> => {
    if (name !== undefined && file === undefined) return ofName(name, ports);
    if (file === undefined || name !== undefined) throw new BskError("usage", "either a NAME or --file FILE");
    const bytes = await ports.files.readBytes(file);
    return { name: null, file, ...shownZonefile(bytes, zonefileIn(bytes, file)), flaw: null };
  },
  text: (shown, style) => {
    const { name, file, zonefileHash, bytes, origin, ttl, records, flaw, level, asOf, node } = shown;
    const head = card(
      [
        ["name", name === null ? null : style.name(name)],
        ["file", file],
        ["hash", zonefileHash],
        ["size", `${bytes} bytes`],
        ["origin", origin ?? style.dim("none")],
        ["ttl", ttl === null ? style.dim("none") : `${ttl} seconds`],
        ...(level !== undefined && asOf !== undefined && node !== undefined
          ? standingPairs({ level, asOf, node }, style)
          : []),
      ],
      style,
    );
    const body =
      records === null ? style.warn(`not a zone file: ${flaw ?? ""}`) : recordTable({ ...shown, records }, style);
    return `${head}\n\n${body}`;
  },
});
