/** Proofs for readers who trust one pair of height and consensus hash, and not this node (docs/protocol/proof.md). */
import { fromUtf8 } from "../../primitives/bytes.ts";
import type { BlockHeight } from "../../primitives/units.ts";
import { isNameRecord, parseHashedRecord } from "../../ops/hashed-record.ts";
import { proveRecord } from "../../verify/proof.ts";
import { writeProof } from "../../verify/proof-file.ts";
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
      const { firstBlock, id: network } = store.network;
      const tip = store.tip();
      if (tip === null) return refuse(503, "No block is indexed yet");
      const from = pin ?? tip.height;
      if (from < firstBlock || from > tip.height) return refuse(404, `block ${from} is not indexed`, "pin");
      const upTo = Math.min(at ?? from, from);
      const { hashed } = store;
      const found = hashed.latestOn(name, upTo);
      if (found === null) return refuse(404, "No operation on this name");
      const record = parseHashedRecord(found.text);
      const announced = isNameRecord(record) ? record.valueHash : null;
      const zonefile = announced === null ? null : store.queries.zonefile(announced);
      const anchor = { height: from, consensusHash: hashed.consensusHashAt(from) };
      const chain = { ...hashed, firstBlock, network };
      return ok(fromUtf8(writeProof(proveRecord(found.text, found.height, anchor, chain, zonefile))));
    },
    { cost: COST, dependsOn: "more" },
  ),
];
