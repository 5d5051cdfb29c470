/** State as it was after an earlier block: `?height=`. */
import type { BlockHeight } from "../../primitives/units.ts";
import type { StateAt } from "../store/past.ts";
import type { NodeStore } from "../store/store.ts";
import { heightParameter } from "./parameters.ts";
import { type ApiResponse, type Parameter, refuse } from "./route.ts";

/** The height after which the state is wanted; null for the last block. */
export const pastParameter: Parameter<BlockHeight | null> = { ...heightParameter, absent: null };

/** Answers from the state after the block of a height, or of the last; 404 for a block that is not there (yet). */
export function atHeight(
  store: NodeStore,
  height: BlockHeight | null,
  answer: (state: StateAt) => ApiResponse,
): ApiResponse {
  if (height === null) return answer(store.stateAt());
  const { firstBlock } = store.network;
  if (height < firstBlock)
    return refuse(404, `block ${height} is before the first of this network, ${firstBlock}`, "height");
  if (height > (store.tip()?.height ?? firstBlock - 1))
    return refuse(404, `block ${height} is not indexed yet`, "height");
  return { ...answer(store.stateAt(height)), asOf: height };
}
