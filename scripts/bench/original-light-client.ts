/**
 * What the original's light client sends and receives for one proof, in bytes (spec 04 §2, §4, §5): a call for the ops hash
 * of each step, one for the consensus hashes that it lacks there, the number of the target's operations, and pages of ten
 * of them. Each call is an XML-RPC request and answer over HTTP as Python 2.7's xmlrpclib and SimpleXMLRPCServer write
 * them, with the header lines that these two send and no others; fields that the original's server adds to records beyond
 * those hashed are left out.
 */
import type { CanonicalField } from "../../src/ops/canonical.ts";
import { skipListHeights } from "../../src/verify/skip-list.ts";

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** What `json.dumps` writes: a blank behind each comma and colon. */
function dumps(value: Json): string {
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(dumps).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([key, of]) => `${JSON.stringify(key)}: ${dumps(of)}`)
    .join(", ")}}`;
}

type Argument = number | readonly number[];

const xmlOf = (value: Argument): string =>
  typeof value === "number"
    ? `<value><int>${value}</int></value>\n`
    : `<value><array><data>\n${value.map(xmlOf).join("")}</data></array></value>\n`;

const escaped = (text: string): string => text.replace(/&/gu, "&amp;").replace(/</gu, "&lt;").replace(/>/gu, "&gt;");

/** Bytes of a request and of its answer. */
function callBytes(method: string, args: readonly Argument[], result: Readonly<Record<string, Json>>): number {
  const params = args.map((value) => `<param>\n${xmlOf(value)}</param>\n`).join("");
  const request = `<?xml version='1.0'?>\n<methodCall>\n<methodName>${method}</methodName>\n<params>\n${params}</params>\n</methodCall>\n`;
  const text = dumps({ status: true, ...result, indexing: false, lastblock: 665_749 });
  const answer = `<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n<value><string>${escaped(text)}</string></value>\n</param>\n</params>\n</methodResponse>\n`;
  const heads = [
    "POST /RPC2 HTTP/1.1",
    "Host: node.blockstack.org:6264",
    "Accept-Encoding: gzip",
    "User-Agent: xmlrpclib.py/1.0.1 (by www.pythonware.com)",
    "Content-Type: text/xml",
    `Content-Length: ${request.length}`,
    "",
    "HTTP/1.0 200 OK",
    "Server: BaseHTTP/0.3 Python/2.7.16",
    "Date: Sat, 21 Nov 2020 12:00:00 GMT",
    "Content-type: text/xml",
    `Content-length: ${answer.length}`,
    "",
  ];
  return heads.reduce((sum, line) => sum + line.length + 2, 0) + request.length + answer.length;
}

const HASH = { ops: "a".repeat(64), consensus: "b".repeat(32) };

export interface OriginalCost {
  readonly bytes: number;
  readonly calls: number;
}

/** Of a proof from one block down to another, whose operations have these fields. */
export function originalCost(
  from: number,
  target: number,
  firstBlock: number,
  operations: readonly (readonly CanonicalField[])[],
): OriginalCost {
  let [bytes, calls] = [0, 0];
  const call = (method: string, args: readonly Argument[], result: Readonly<Record<string, Json>>): void => {
    bytes += callBytes(method, args, result);
    calls++;
  };
  const known = new Set([from]);
  for (let at = from; ;) {
    call("get_blockstack_ops_hash_at", [at], { ops_hash: HASH.ops });
    const missing = skipListHeights(at, firstBlock).filter((height) => !known.has(height));
    if (missing.length > 0) {
      const hashes = Object.fromEntries(missing.map((height) => [String(height), HASH.consensus]));
      call("get_consensus_hashes", [missing], { consensus_hashes: hashes });
    }
    for (const height of missing) known.add(height);
    const next = Math.min(...[...known].filter((height) => height >= target));
    if (next === at) break;
    at = next;
  }
  call("get_num_blockstack_ops_at", [target], { count: operations.length });
  for (let offset = 0; offset < operations.length; offset += 10) {
    const nameops = operations.slice(offset, offset + 10).map(recordOf);
    call("get_blockstack_ops_at", [target, offset, 10], { nameops });
  }
  return { bytes, calls };
}

/** A record as its server gives it: numbers and truth values as such. */
function recordOf(fields: readonly CanonicalField[]): Readonly<Record<string, Json>> {
  const valueOf = (text: string): Json => {
    if (text === "") return null;
    if (text === "True" || text === "False") return text === "True";
    return /^[0-9]{1,15}$/u.test(text) ? Number(text) : text;
  };
  return { ...Object.fromEntries(fields.map(([field, text]) => [field, valueOf(text)])), opcode: "NAME_UPDATE" };
}
