/** Hashes from one block down to an earlier one, for readers who trust the later (docs/protocol/pins.md). */
import { proveWalk, type WalkProof } from "../../verify/name-walk.ts";
import { LONGEST_STRETCH, proveStretch } from "../../verify/reach.ts";
import type { NodeStore } from "../store/store.ts";
import { heightParameter } from "./parameters.ts";
import { ok, refuse, route, type ApiResponse, type Route } from "./route.ts";

/** A walk reads up to twenty blocks, and as many hashes for each. */
const WALK_COST = 20;
/** A stretch reads up to some twenty thousand hashes. */
const STRETCH_COST = 200;

type Heights = { readonly height: number; readonly pin: number };

function hashes(store: NodeStore, { height, pin }: Heights, prove: () => WalkProof): ApiResponse {
  const tip = store.tip();
  if (tip === null || pin > tip.height || pin < store.network.firstBlock) {
    return refuse(404, `block ${pin} is not indexed`, "pin");
  }
  if (height > pin || height < store.network.firstBlock) {
    return refuse(404, `block ${height} does not stand before block ${pin}`, "height");
  }
  const { opsHashes, consensusHashes } = prove();
  return ok({ opsHashes, consensusHashes });
}

export const walkRoutes: readonly Route[] = [
  route(
    "/v2/walks/:height",
    { height: heightParameter, pin: heightParameter },
    ({ node: { store }, values }) =>
      hashes(store, values, () => proveWalk(values.pin, values.height, store.network.firstBlock, store.hashed)),
    { cost: WALK_COST },
  ),
  route(
    "/v2/stretches/:height",
    { height: heightParameter, pin: heightParameter },
    ({ node: { store }, values }) =>
      values.pin - values.height >= LONGEST_STRETCH
        ? refuse(400, `more than ${LONGEST_STRETCH} blocks`, "height")
        : hashes(store, values, () => proveStretch(values.pin, values.height, store.network.firstBlock, store.hashed)),
    { cost: STRETCH_COST },
  ),
];
