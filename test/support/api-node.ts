/** The API of a store without a socket, and its answers. */
import type { ApiNode } from "../../src/fullnode/api/api-node.ts";
import type { ApiRequest, ApiResponse } from "../../src/api/route.ts";
import { answerRequest } from "../../src/fullnode/api/routes.ts";
import { Tally } from "../../src/fullnode/tally.ts";
import type { NodeStore } from "../../src/fullnode/store/store.ts";

export function apiNode(store: NodeStore): ApiNode {
  return {
    store,
    version: "0.0.0-test",
    tally: new Tally(),
    status: () => ({
      indexing: false,
      sourceHeight: store.tip()?.height ?? null,
      source: "a test",
      spentScripts: null,
      trouble: null,
      forkWatch: { followers: [], lastReorg: null, deepestReorg: 0, witnesses: [] },
    }),
    now: () => 1_500_000_000,
  };
}

export type Get = (url: string) => ApiResponse;

export function getFrom(store: NodeStore): Get {
  const node = apiNode(store);
  return (url) => answerRequest({ method: "GET", url }, node);
}

export function post(store: NodeStore, url: string, body: string, contentType = "application/json"): ApiResponse {
  const request: ApiRequest = { method: "POST", url, contentType, body: new TextEncoder().encode(body) };
  return answerRequest(request, apiNode(store));
}
