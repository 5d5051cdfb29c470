/** ANNOUNCE (spec 02 §5.7): a setting of each node decides, so that nodes may differ without forking. */
import type { AnnounceOp } from "../ops/operation.ts";
import type { BlockState } from "./block-state.ts";
import { type BnsVerdict, accept, reject } from "./verdict.ts";
import { liveName } from "./visibility.ts";

export function checkAnnounce(op: AnnounceOp, state: BlockState): BnsVerdict {
  const known = state.announcers.some((name) => liveName(name, state)?.sender === op.sender);
  if (!known) return reject("not-announcer", `"${op.address}" owns none of the announcer names of this node`);
  return accept({ kind: "ANNOUNCE", announcement: op });
}
