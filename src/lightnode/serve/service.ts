/** The API of a light server: each answer says how far it was checked, as of which block, and under which pin. */
import { find, type Found } from "../../api/answer.ts";
import type { Service } from "../../api/reception.ts";
import type { ApiResponse, Json } from "../../api/route.ts";
import { routerOf } from "../../api/router.ts";
import { shownPin } from "../pin.ts";
import type { PinnedLog } from "../pinned-log.ts";
import { chainRoutes, consensusHashAt } from "./chain-routes.ts";
import type { LightNode } from "./light-node.ts";
import { nameRoutes } from "./name-routes.ts";
import { namespaceRoutes } from "./namespace-routes.ts";

const router = routerOf([...nameRoutes, ...namespaceRoutes, ...chainRoutes]);

/** `now`: the log as it is when a request comes; all of its answer is out of this one. */
export function lightService(now: () => Omit<LightNode, "lacks">): Service {
  return {
    tally: now().tally,
    find: (request) => {
      const lacking: (() => Promise<unknown>)[] = [];
      const node: LightNode = { ...now(), lacks: (work) => void lacking.push(work) };
      const { pinned } = node;
      const found = find(
        { router, node, consensusHashAt: (height) => consensusHashAt(node, height ?? pinned?.pin.height ?? -1) },
        request,
      );
      const answer = (): ApiResponse => marked(found.answer(), found.route, pinned);
      return {
        route: found.route,
        answer: () => {
          const first = answer();
          if (lacking.length === 0) return first;
          return Promise.all(lacking.splice(0).map((work) => work())).then(answer);
        },
      };
    },
  };
}

/** Says on what an answer out of the log rests: as headers, and in the body where that is one object with fixed fields. */
function marked(answer: ApiResponse, route: Found["route"], pinned: PinnedLog | null): ApiResponse {
  if (route === null || route.dependsOn !== "chain" || pinned === null || answer.status >= 500) return answer;
  const { height, consensusHash, source, attested } = shownPin(pinned.pin);
  const asOf = answer.asOf ?? height;
  const headers = {
    ...answer.headers,
    "bsk-level": "complete",
    "bsk-as-of": String(asOf),
    "bsk-pin": `${height}:${consensusHash}; source=${source}; attested=${attested ? "yes" : "no"}`,
  };
  if (!hasFields(answer.body) || route.path.endsWith("/history")) return { ...answer, headers };
  const pin = { height, consensus_hash: consensusHash, source, attested };
  return { ...answer, headers, body: { ...answer.body, checked: { level: "complete", as_of: asOf, pin } } };
}

function hasFields(body: ApiResponse["body"]): body is { readonly [key: string]: Json | undefined } {
  return typeof body === "object" && body !== null && !Array.isArray(body) && !(body instanceof Uint8Array);
}
