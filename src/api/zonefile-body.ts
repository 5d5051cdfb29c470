/** Zone files in requests and answers, as clients of the original send and get them (spec 10 A2, E1). */
import { Buffer } from "node:buffer";
import { ParseError } from "../errors.ts";
import { type ApiRequest, type ApiResponse, ok, refuse } from "./route.ts";

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

/** null: it is not there. A file that is no text is an error inside a 200, unless its bytes are asked for. */
export function zonefileResponse(bytes: Uint8Array | null, raw: boolean): ApiResponse {
  if (bytes === null) return refuse(404, "No zone file data available");
  if (raw) return { status: 200, body: bytes, headers: BYTES };
  const text = textOf(bytes);
  return ok(text === null ? { error: "Non-standard zone file" } : { zonefile: text });
}

/** The zone file in a request: `{"zonefile": text}` or `{"zonefile_b64": base64}`. @throws ParseError */
export function zonefileIn({ contentType, body }: Pick<ApiRequest, "contentType" | "body">): Uint8Array {
  if (contentType?.split(";")[0]?.trim().toLowerCase() !== "application/json") {
    throw new ParseError("Invalid request: content-type must be application/json");
  }
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
