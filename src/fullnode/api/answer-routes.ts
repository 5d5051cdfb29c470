/** What clients with nothing but a pin ask to resolve a name: docs/protocol/answer.md. */
import { fromUtf8 } from "../../primitives/bytes.ts";
import { type Name, namespaceOf } from "../../primitives/name.ts";
import type { BlockHeight } from "../../primitives/units.ts";
import { proveAncestry } from "../../verify/ancestry.ts";
import type { NameAnswer, ToldBlock } from "../../verify/answer.ts";
import { writeAncestry, writeAnswer } from "../../verify/answer-file.ts";
import type { NodeStore } from "../store/store.ts";
import { lastProof } from "./last-proof.ts";
import { heightParameter, nameParameter, txidParameter } from "./parameters.ts";
import { ok, type Parameter, refuse, route, type Route } from "./route.ts";

/** A walk reads up to twenty blocks, and as many hashes for each. */
const WALK_COST = 20;

const perhapsHeight: Parameter<BlockHeight | null> = { ...heightParameter, absent: null };

export const answerRoutes: readonly Route[] = [
  /** The state of a name after the block `pin` (the last, if left out), proven from there. */
  route(
    "/v2/answers/:name",
    { name: nameParameter, pin: perhapsHeight },
    ({ node: { store }, values: { name, pin } }) => {
      const tip = store.queries.tip();
      if (tip === null) return refuse(503, "No block is indexed yet");
      if (pin !== null && pin < store.network.firstBlock) {
        return refuse(404, `block ${pin} is before the first of this network`, "pin");
      }
      return ok(fromUtf8(writeAnswer(answerUpTo(pin ?? tip.height, name, tip, store))));
    },
    { cost: 2 * WALK_COST, dependsOn: "more" },
  ),

  /** That the block of one accepted transaction comes before the block of another. */
  route(
    "/v2/ancestry/:later/:earlier",
    { later: txidParameter, earlier: txidParameter },
    ({ node: { store }, values: { later, earlier } }) => {
      const [after, before] = [later, earlier].map((txid) => store.queries.transaction(txid));
      if (after?.kind !== "accepted" || before?.kind !== "accepted") return refuse(404, "No such operation");
      if (before.height >= after.height) return refuse(404, "Its block does not come before the other's", "earlier");
      const { firstBlock, id: network } = store.network;
      const proof = proveAncestry(after.height, before.height, { ...store.hashed, firstBlock, network });
      return ok(fromUtf8(writeAncestry(proof)));
    },
    { cost: WALK_COST },
  ),
];

function answerUpTo(height: BlockHeight, name: Name, tip: ToldBlock, store: NodeStore): NameAnswer {
  const { id: network } = store.network;
  const upTo = store.queries.block(height);
  const told = ({ height, consensusHash, time }: ToldBlock): ToldBlock => ({ height, consensusHash, time });
  const silent = { network, name, tip: told(tip), upTo: null, operation: null, namespace: null, later: null };
  if (upTo === null) return silent;
  const pin = { height, consensusHash: upTo.consensusHash };
  const last = store.hashed.latestOn(name, tip.height);
  return {
    ...silent,
    upTo: told(upTo),
    operation: lastProof(name, height, pin, store),
    namespace: lastProof(namespaceOf(name), height, pin, store),
    later: last === null || last.height <= height ? null : last.height,
  };
}
