/** The API of a light server over a log, without a socket. */
import type { ApiRequest, ApiResponse } from "../../src/api/route.ts";
import { RequestTally } from "../../src/api/tally.ts";
import type { PinnedLog } from "../../src/lightnode/pinned-log.ts";
import type { LightNode } from "../../src/lightnode/serve/light-node.ts";
import { LogLists } from "../../src/lightnode/serve/log-lists.ts";
import { lightService } from "../../src/lightnode/serve/service.ts";
import type { Network } from "../../src/protocol/network-definition.ts";

export type Ask = (url: string, more?: Partial<ApiRequest>) => Promise<ApiResponse>;

export function lightApi(
  pinned: PinnedLog | null,
  network: Network,
  more: Partial<Pick<LightNode, "zonefile" | "fetchZonefile" | "publishZonefile">> = {},
): Ask {
  const node: Omit<LightNode, "lacks"> = {
    network,
    version: "0.0.0-test",
    tally: new RequestTally(),
    pinned,
    lists: pinned === null ? null : new LogLists(pinned, network),
    status: () => ({ nodesHeight: null, syncing: false, trouble: null }),
    zonefile: () => null,
    fetchZonefile: () => Promise.resolve(),
    publishZonefile: () => Promise.resolve(),
    ...more,
  };
  const service = lightService(() => node);
  return async (url, request = {}) => service.find({ method: "GET", url, ...request }).answer();
}
