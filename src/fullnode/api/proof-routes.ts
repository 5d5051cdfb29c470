/** Proofs for readers who trust one pair of height and consensus hash, and not this node (docs/protocol/proof.md). */
import { ParseError } from "../../errors.ts";
import { fromUtf8 } from "../../primitives/bytes.ts";
import type { BlockHeight } from "../../primitives/units.ts";
import { writeBundle } from "../../verify/bundle-file.ts";
import { PROOF_LEVELS, type ProofLevel } from "../../verify/bundle.ts";
import { proveBundle } from "../../verify/prove-bundle.ts";
import { heightParameter, nameParameter } from "./parameters.ts";
import { ok, type Parameter, refuse, route, type Route } from "./route.ts";

/** A walk reads up to twenty blocks and as many hashes for each; a list, or the search for a date, far more. */
const COST = 100;
/** A week of blocks: who wants more can list them from a log of their own. */
const MOST_LISTED = { blocks: 1008, characters: 2 * 1024 * 1024 };

const perhapsHeight: Parameter<BlockHeight | null> = { ...heightParameter, absent: null };
const levelParameter: Parameter<ProofLevel> = {
  parse: (text) => {
    const level = PROOF_LEVELS.find((each) => each === text);
    if (level === undefined) throw new ParseError(`no level of proofs is called "${text}"`);
    return level;
  },
  invalid: `Invalid level: must be one of ${PROOF_LEVELS.join(", ")}`,
  absent: "placed",
};

export const proofRoutes: readonly Route[] = [
  /** The last operation on a name up to `at` (the pin, if left out), proven from the block `pin` (the last, if left out). */
  route(
    "/v2/proofs/:name",
    { name: nameParameter, at: perhapsHeight, pin: perhapsHeight, level: levelParameter },
    ({ node: { store }, values: { name, at: wanted, pin: from, level } }) => {
      const { firstBlock, id: network } = store.network;
      const tip = store.tip();
      if (tip === null) return refuse(503, "No block is indexed yet");
      const height = from ?? tip.height;
      if (height < firstBlock || height > tip.height) return refuse(404, `block ${height} is not indexed`, "pin");
      const at = wanted === null || wanted > height ? height : wanted;
      if (at < firstBlock) return refuse(404, `no block ${at} is on the chain`, "at");
      const pin = { height, consensusHash: store.hashed.consensusHashAt(height) };
      const made = proveBundle(
        { name, pin, at, level, attached: false, mostListed: MOST_LISTED },
        { ...store.hashed, firstBlock, network, zonefile: (hash) => store.queries.zonefile(hash) },
      );
      return made.kind === "made" ? ok(fromUtf8(writeBundle(made.bundle))) : refuse(404, made.because);
    },
    { cost: COST, dependsOn: "more" },
  ),
];
