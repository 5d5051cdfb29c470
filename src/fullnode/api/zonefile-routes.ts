/** Zone files: by hash, and handing them in (spec 10 A2). */
import { Buffer } from "node:buffer";
import { ParseError } from "../../errors.ts";
import type { ZonefileHash } from "../../primitives/hash.ts";
import type { NodeStore } from "../store/store.ts";
import { MAX_ZONEFILE_BYTES } from "../../zonefile/size.ts";
import { type KeepOutcome, keepZonefile } from "../zonefiles.ts";
import { zonefileHashParameter } from "./parameters.ts";
import { type ApiRequest, type ApiResponse, ok, refuse, route, type Route } from "./route.ts";

/** Sent as they are, never as JSON. */
const BYTES = { "content-type": "application/octet-stream" };

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The bytes as text, null where they are none. */
export function textOf(bytes: Uint8Array): string | null {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return null;
  }
}

/** A zone file as clients of the original get it: a file that is no text is an error inside a 200 (spec 10 E1). */
export function zonefileAnswer(hash: ZonefileHash, raw: boolean, store: NodeStore): ApiResponse {
  const bytes = store.queries.zonefile(hash);
  if (bytes === null) return refuse(404, "No zone file data available");
  if (raw) return { status: 200, body: bytes, headers: BYTES };
  const text = textOf(bytes);
  return ok(text === null ? { error: "Non-standard zone file" } : { zonefile: text });
}

/** The zone file in a request: `{"zonefile": text}` or `{"zonefile_b64": base64}`. @throws ParseError */
function zonefileIn(body: Uint8Array): Uint8Array {
  let json: unknown;
  try {
    json = JSON.parse(strictUtf8.decode(body));
  } catch (cause) {
    throw new ParseError("Invalid JSON", { cause });
  }
  if (typeof json !== "object" || json === null) throw new ParseError("Invalid request: not an object");
  const { zonefile, zonefile_b64: base64 } = json as Readonly<Record<string, unknown>>;
  if (typeof zonefile === "string" && base64 === undefined) return new TextEncoder().encode(zonefile);
  if (typeof base64 === "string" && zonefile === undefined) {
    const bytes = Buffer.from(base64, "base64");
    // Buffer reads past what is no base64; what does not come back was none.
    if (bytes.toString("base64") === base64) return bytes;
  }
  throw new ParseError('Invalid request: needs "zonefile" (text) or "zonefile_b64" (base64)');
}

const REFUSALS: Readonly<Record<Exclude<KeepOutcome["kind"], "kept">, (hash: string) => ApiResponse>> = {
  "too-large": () => refuse(413, `Zone file is too large: at most ${MAX_ZONEFILE_BYTES} bytes`),
  // 200 in the original, although nothing was kept.
  unannounced: (hash) => refuse(404, `Zone file not saved: no operation has announced its hash ${hash}`),
};

/** Hands a zone file in. */
function post({ contentType, body }: ApiRequest, store: NodeStore, now: number): ApiResponse {
  if (contentType?.split(";")[0]?.trim().toLowerCase() !== "application/json") {
    return refuse(400, "Invalid request: content-type must be application/json");
  }
  let bytes: Uint8Array;
  try {
    bytes = zonefileIn(body ?? new Uint8Array());
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return refuse(400, error.message);
  }
  const outcome = keepZonefile(store, bytes, now);
  if (outcome.kind !== "kept") return REFUSALS[outcome.kind](outcome.hash);
  return ok({ status: true, servers: [], zonefile_hash: outcome.hash });
}

export const zonefileRoutes: readonly Route[] = [
  route("/v1/zonefiles/:hash", { hash: zonefileHashParameter }, ({ node: { store }, values: { hash } }) =>
    zonefileAnswer(hash, true, store),
  ),
  route("/v1/zonefile", {}, ({ node, request }) => post(request, node.store, node.now()), {
    method: "POST",
    dependsOn: "more",
    cost: 10,
  }),
];
