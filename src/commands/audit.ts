import { countWords, REPORT_FORMATS, reportOf } from "../cli/audit-report.ts";
import { command } from "../cli/command.ts";
import { arg, flag, oneOf, optionOr, path } from "../cli/parameter.ts";
import { pinOption } from "../cli/pin.ts";
import type { Ports } from "../cli/ports.ts";
import { BskError, ParseError } from "../errors.ts";
import {
  type AuditCount,
  type AuditGround,
  badLine,
  type Finding,
  judgeClaim,
  noFindings,
  unproven,
} from "../lightnode/audit.ts";
import { bestSource } from "../lightnode/best-source.ts";
import { claimLines } from "../lightnode/claim-lines.ts";
import { claimOf } from "../lightnode/claim.ts";
import { requiredPin } from "../lightnode/pin.ts";
import type { TrustLevel } from "../lightnode/trust-level.ts";
import type { Anchor } from "../verify/anchor.ts";
import { LONGEST_BUNDLE, readBundle } from "../verify/bundle-file.ts";
import { verifyBundle } from "../verify/verify-bundle.ts";

const LEVELS = ["included", "placed", "complete", "indexed"] as const satisfies readonly TrustLevel[];
const LONGEST_LINE = 64 * 1024;
/** After so many claims the process looks whether it is to stop. */
const AT_ONCE = 64;
const ZONEFILE_BYTES = 16 * 1024 * 1024;

async function groundOf(
  {
    pin: given,
    require,
    ownNode,
  }: { readonly pin: Anchor | undefined; readonly require: TrustLevel; readonly ownNode: boolean },
  ports: Ports,
): Promise<AuditGround> {
  const network = await ports.network();
  const ways = await ports.ways({ offline: !ownNode, pin: given });
  const log = await ways.log();
  const { files } = ports;
  return {
    source: await bestSource(ways),
    require,
    readBytes: (file) => files.readBytes(file, ZONEFILE_BYTES),
    checkProof: async (file) => {
      const text = await files.readText(file, LONGEST_BUNDLE);
      try {
        const bundle = readBundle(text);
        const pin = given ?? log?.pin ?? requiredPin(given, await ports.pins());
        return {
          name: bundle.name,
          outcome: verifyBundle(bundle, pin, network, { spine: log?.log.spine, log: log?.log }),
        };
      } catch (error) {
        if (!(error instanceof ParseError)) throw error;
        return { name: null, outcome: { kind: "refuted", because: error.message } };
      }
    },
  };
}

/** A file that a claim names and that cannot be read leaves this claim unproven, and no other. */
async function findingOf(line: number, judge: () => Promise<Finding>): Promise<Finding> {
  try {
    return await judge();
  } catch (error) {
    if (error instanceof ParseError) return badLine(line, error.message);
    if (error instanceof BskError && error.kind === "usage") return unproven(line, error.message);
    throw error;
  }
}

function ended(count: AuditCount): void {
  const words = countWords(count);
  if (count.refuted > 0) throw new BskError("refuted", `not all is as claimed: ${words}`, { rule: "audit-refuted" });
  if (count.unproven > 0) throw new BskError("unproven", `not all is proven: ${words}`, { rule: "audit-unproven" });
  if (count["bad-line"] > 0)
    throw new BskError("usage", `not all lines are claims: ${words}`, { rule: "audit-bad-lines" });
}

export const auditCommand = command({
  path: "audit",
  summary: "Check many names, owners, zone files or proofs at once",
  description: [
    "Reads claims from a file (- is standard input) and holds each against the verified log on this machine (bsk light sync) under one pin. Findings are printed as they come, however long the file is.",
    "A line is NAME (it is registered), NAME OWNER, NAME STATE (registered, absent, expired, revoked), ADDRESS (it owns a name), or the path of a proof of bsk prove. CSV with a header line, JSON lines and a JSON array have the fields name, owner, zonefileHash, zonefile (a file), state, proof.",
    "Without a log only proofs are checked. --own-node asks your own full node where that is ahead of the log. Strangers are never asked.",
    "Exit code 0: all is as claimed. 3: something is refuted. 4: nothing is refuted, and something is unproven. 2: some lines are no claims, the others are as claimed.",
  ],
  examples: [
    { text: "Who owns what, from a spreadsheet", command: "bsk audit members.csv --format csv > findings.csv" },
    {
      text: "A directory of proofs",
      command: "ls proofs/*.proof | bsk audit - --pin 813:4625d9bc4a8ac0a5605e07530c1e1478",
    },
  ],
  options: {
    file: arg(path, "the claims", { placeholder: "FILE", completes: "file" }),
    format: optionOr("table", oneOf(REPORT_FORMATS), "how findings are printed", { placeholder: "FORMAT" }),
    require: optionOr("included", oneOf(LEVELS), "leave unproven what was checked less than this", {
      placeholder: "LEVEL",
    }),
    pin: pinOption,
    ownNode: flag("ask your own full node too"),
  },
  streams: true,
  run: async ({ file, format, ...terms }, ports) => {
    const { terminal, signal, clock, files } = ports;
    const { bitcoin } = await ports.network();
    const ground = await groundOf(terms, ports);
    const standing = ground.source?.standing;
    if (standing === undefined)
      terminal.warn("there is no verified log here, so only proofs can be checked (bsk light sync)");
    else if (standing.pin?.attested === false) terminal.warn("the pin is one node's word: bsk pin list");
    const title = `Audit of ${file === "-" ? "standard input" : file}${standing === undefined ? "" : `, as of block ${standing.asOf.height}`}`;
    const report = reportOf(format, title);
    if (report.head !== null) terminal.line(report.head);
    const count = noFindings();
    let seen = 0;
    try {
      for await (const found of claimLines(files.lines(file, LONGEST_LINE))) {
        if (++seen % AT_ONCE === 0) await clock.sleep(0);
        signal.throwIfAborted();
        const { line } = found;
        const finding =
          "because" in found
            ? badLine(line, found.because)
            : await findingOf(line, () => judgeClaim(claimOf(found.fields, bitcoin), line, ground));
        count[finding.verdict]++;
        terminal.line(report.row(finding));
      }
    } catch (error) {
      throw error instanceof ParseError ? new BskError("usage", `"${file}" cannot be read: ${error.message}`) : error;
    }
    const foot = report.foot(count);
    if (foot !== null) terminal.line(foot);
    ended(count);
    return {};
  },
  text: () => "",
});
