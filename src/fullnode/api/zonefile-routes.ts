/** Zone files: by hash, and handing them in (spec 10 A2). */
import { zonefileIn, zonefileResponse } from "../../api/zonefile-body.ts";
import { ParseError } from "../../errors.ts";
import type { ZonefileHash } from "../../primitives/hash.ts";
import type { NodeStore } from "../store/store.ts";
import { MAX_ZONEFILE_BYTES } from "../../zonefile/size.ts";
import { type KeepOutcome, keepZonefile } from "../zonefiles.ts";
import { zonefileHashParameter } from "./parameters.ts";
import { type ApiRequest, type ApiResponse, ok, refuse, route, type Route } from "./route.ts";

/** A zone file that this node holds. */
export function zonefileAnswer(hash: ZonefileHash, raw: boolean, store: NodeStore): ApiResponse {
  return zonefileResponse(store.queries.zonefile(hash), raw);
}

const REFUSALS: Readonly<Record<Exclude<KeepOutcome["kind"], "kept">, (hash: string) => ApiResponse>> = {
  "too-large": () => refuse(413, `Zone file is too large: at most ${MAX_ZONEFILE_BYTES} bytes`),
  // 200 in the original, although nothing was kept.
  unannounced: (hash) => refuse(404, `Zone file not saved: no operation has announced its hash ${hash}`),
};

/** Hands a zone file in. */
function post(request: ApiRequest, store: NodeStore, now: number): ApiResponse {
  let bytes: Uint8Array;
  try {
    bytes = zonefileIn(request);
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
