/** Proofs for readers who trust one pair of height and consensus hash, and not this node (docs/protocol/proof.md). */
import { fromUtf8 } from "../../primitives/bytes.ts";
import type { BlockHeight } from "../../primitives/units.ts";
import { writeProof } from "../../verify/proof-file.ts";
import { lastProof } from "./last-proof.ts";
import { heightParameter, nameParameter } from "./parameters.ts";
import { ok, type Parameter, refuse, route, type Route } from "./route.ts";

/** A walk reads up to twenty blocks, and as many hashes for each. */
const COST = 20;

const perhapsHeight: Parameter<BlockHeight | null> = { ...heightParameter, absent: null };

export const proofRoutes: readonly Route[] = [
  /** The last operation on a name up to `at` (the pin, if left out), proven from the block `pin` (the last, if left out). */
  route(
    "/v2/proofs/:name",
    { name: nameParameter, at: perhapsHeight, pin: perhapsHeight },
    ({ node: { store }, values: { name, at, pin } }) => {
      const { firstBlock } = store.network;
      const tip = store.tip();
      if (tip === null) return refuse(503, "No block is indexed yet");
      const from = pin ?? tip.height;
      if (from < firstBlock || from > tip.height) return refuse(404, `block ${from} is not indexed`, "pin");
      const upTo = Math.min(at ?? from, from);
      const anchor = { height: from, consensusHash: store.hashed.consensusHashAt(from) };
      const proof = lastProof(name, upTo, anchor, store);
      return proof === null ? refuse(404, "No operation on this name") : ok(fromUtf8(writeProof(proof)));
    },
    { cost: COST, dependsOn: "more" },
  ),
];
