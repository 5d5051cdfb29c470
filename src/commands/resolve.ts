import { command } from "../cli/command.ts";
import { card } from "../cli/layout.ts";
import { arg, flag, option } from "../cli/parameter.ts";
import { datesBy, showDeadline, shownStanding, standingPairs } from "../cli/standing.ts";
import { strangersPairs } from "../cli/strangers.ts";
import { atOption, nodesOption, termsOf, termsOptions } from "../cli/terms.ts";
import { recordsOf } from "../cli/zonefile.ts";
import { BskError, ParseError } from "../errors.ts";
import { resolve } from "../lightnode/resolve.ts";
import { zonefileFields } from "../lightnode/resolved.ts";
import { findSubdomain } from "../lightnode/subdomain.ts";
import type { Terms } from "../lightnode/terms.ts";
import { TRUST_LEVELS } from "../lightnode/trust-level.ts";
import type { Ways } from "../lightnode/best-source.ts";
import { fromHex, fromUtf8 } from "../primitives/bytes.ts";
import { anyName, isSubdomainName, type Name, type SubdomainName } from "../primitives/name.ts";

/** As zone files have it, in upper case. @throws ParseError */
function recordType(text: string): string {
  const type = text.toUpperCase();
  if (!/^[A-Z][A-Z0-9]{0,15}$/u.test(type)) throw new ParseError(`not a type of record: "${text}"`);
  return type;
}

/** Of a name or of a subdomain, in one shape. */
async function resolveAny(name: Name | SubdomainName, ways: Ways, terms: Terms) {
  if (!isSubdomainName(name)) return { ...(await resolve(name, ways, terms)), subdomain: null };
  const { owner, zonefile, domain, sequence, pending, ...found } = await findSubdomain(name, ways, terms);
  const living = { address: owner, expires: null, inGrace: false, ...zonefileFields(zonefile) };
  return { ...found, ...living, strangers: undefined, subdomain: { domain, sequence, pending } };
}

export const resolveCommand = command({
  path: "resolve",
  summary: "Resolve a name to its owner and zone file, checked against the chain",
  description: [
    "Takes the best way that there is: your own node; else the verified log on this machine (bsk light sync); else nodes that are not yours, which are all asked at once. Whoever gives the zone file, it must have the hash that the record carries.",
    "The answer says how far it was checked: indexed (your own node replayed the chain), complete (every operation up to the pin was hashed), quorum (two nodes or more answered, and none of them knows a later operation than the one that is proven), placed or included (one node proved the record under the pin: in a certain block, or at some height), claimed (a node that is not yours said so, and nothing proves it).",
    "Of nodes that contradict each other under a pin the one with the newest proven operation is right, however few agree with it. What the others said is kept as evidence, which bsk verify checks. Without a pin, the block on which all nodes that answer agree is taken for one.",
    "Names that are not registered, revoked or expired are refused with exit code 5, or 4 where a node may hide what came later; missing zone files with 4, wrong ones with 3.",
    "A subdomain follows from zone files that a node holds, not from the chain alone: it is indexed by your own node, or claimed.",
    "An answer that was checked less than --require, or is older than --max-age, is exit code 4.",
  ],
  examples: [
    { text: "The zone file, only if your own node answers", command: "bsk resolve alice.test --require indexed" },
    {
      text: "From nodes that may all lie, unless all of them do",
      command: "bsk resolve alice.test --nodes https://a.example,https://b.example --require quorum",
    },
    { text: "Only with blocks of the last two hours", command: "bsk resolve alice.test --max-age 2h" },
    { text: "Its texts alone", command: "bsk resolve alice.test --type TXT" },
    { text: "For a script", command: "bsk resolve alice.test --json" },
  ],
  options: {
    name: arg(anyName, "the name, such as alice.test, or a subdomain, such as bob.alice.test"),
    type: option(recordType, "only the records of this type, such as TXT", { placeholder: "TYPE" }),
    raw: flag("only the zone file, as it is"),
    nodes: nodesOption,
    ...termsOptions(TRUST_LEVELS),
    at: atOption,
  },
  run: async ({ name, type, raw, ...options }, ports) => {
    if (raw && type !== undefined) throw new BskError("usage", "either --raw or --type");
    const { bitcoin } = await ports.network();
    const found = await resolveAny(name, await ports.ways(options), termsOf(options, ports.clock));
    const { expires, inGrace, address, zonefileHash, zonefile, zonefileHex, subdomain, strangers } = found;
    const dates = datesBy(found, bitcoin.secondsPerBlock);
    const bytes = zonefile === null ? fromHex(zonefileHex ?? "") : fromUtf8(zonefile);
    return {
      name,
      address,
      zonefileHash,
      zonefile,
      ...(zonefileHex === null ? {} : { zonefileHex }),
      ...(type === undefined ? {} : { type, records: recordsOf(name, bytes, type) }),
      ...(raw ? { raw } : {}),
      expires: dates.perhaps(expires),
      inGrace,
      ...(subdomain === null ? {} : { subdomain }),
      ...shownStanding(found),
      ...(strangers === undefined ? {} : { strangers }),
    };
  },
  text: (
    {
      name,
      address,
      zonefileHash,
      zonefile,
      zonefileHex,
      type,
      records,
      raw,
      expires,
      inGrace,
      subdomain,
      strangers,
      ...standing
    },
    style,
  ) => {
    const shown = zonefile?.trimEnd() ?? `(${(zonefileHex ?? "").length / 2} bytes that are no text)`;
    if (raw === true) return shown;
    const head = card(
      [
        ["name", style.name(name)],
        ["owner", address],
        ["zone file", zonefileHash],
        ["expires", subdomain === undefined ? showDeadline(expires) : null],
        ["carried by", subdomain === undefined ? null : `${subdomain.domain}, record ${subdomain.sequence}`],
        [
          "pending",
          subdomain?.pending === true ? style.warn("a zone file of its domain is not here, which may say more") : null,
        ],
        ["grace", inGrace ? style.warn("expired: only its owner can still renew it") : null],
        ...standingPairs(standing, style),
        ...(strangers === undefined ? [] : strangersPairs(strangers, style)),
      ],
      style,
    );
    if (records === undefined) return `${head}\n\n${shown}`;
    const lines = records.map((record) => `${record.name} ${record.text}`);
    return `${head}\n\n${lines.length === 0 ? style.dim(`no ${type ?? ""} records`) : lines.join("\n")}`;
  },
});
