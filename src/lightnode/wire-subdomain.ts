/** What a node says of a subdomain. Parsed as in wire.ts. */
import * as v from "valibot";
import { parsedBy } from "../chain/parsed-by.ts";
import { decodeBase64 } from "../encoding/base64.ts";
import { txid, zonefileHash } from "../primitives/hash.ts";
import { name, type SubdomainName } from "../primitives/name.ts";
import { MAX_ZONEFILE_BYTES } from "../zonefile/size.ts";
import type { FullSubdomain } from "./answers.ts";
import { count, height, read, text, words } from "./wire-fields.ts";

/** Characters of the largest zone file. */
const MOST_BASE64 = 4 * Math.ceil(MAX_ZONEFILE_BYTES / 3);

/** The full record of a subdomain; its zone file is not compared with its hash yet. @throws ParseError */
export function readSubdomain(value: unknown, asked: SubdomainName): FullSubdomain {
  const schema = v.object({
    name: v.literal(asked),
    address: v.pipe(words, v.maxLength(256)),
    domain: text(name),
    block_number: height,
    sequence: count(Number.MAX_SAFE_INTEGER),
    txid: text(txid),
    value_hash: text(zonefileHash),
    zonefile: v.pipe(v.string(), v.maxLength(MOST_BASE64), parsedBy(decodeBase64)),
    pending: v.boolean(),
  });
  const of = read(schema, value, "the record of a subdomain");
  return {
    name: asked,
    owner: of.address,
    domain: of.domain,
    sequence: of.sequence,
    zonefileHash: of.value_hash,
    zonefile: of.zonefile,
    height: of.block_number,
    txid: of.txid,
    pending: of.pending,
  };
}

const redirectSchema = v.object({ resolver: words });

/** Who may know a subdomain that the node does not; null where it names nobody. */
export function readResolver(value: unknown): string | null {
  const result = v.safeParse(redirectSchema, value);
  return result.success ? result.output.resolver : null;
}
