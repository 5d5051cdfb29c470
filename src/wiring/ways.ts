/** What this call may answer about names from: nodes, and the light directory among the network's data. */
import { join } from "node:path";
import type { Ports } from "../cli/ports.ts";
import { BskError } from "../errors.ts";
import type { Ways } from "../lightnode/best-source.ts";
import type { Strangers } from "../lightnode/cold-source.ts";
import { pinOf } from "../lightnode/pin.ts";
import type { PinBook } from "../lightnode/pin-book.ts";
import { noLog, pinnedLog } from "../lightnode/pinned-log.ts";
import { ZONEFILES, zonefilesIn } from "../lightnode/zonefile-store.ts";
import type { Network } from "../protocol/network-definition.ts";
import { once } from "./once.ts";

/** @throws BskError `refuted`, rule `pin-contradiction`, as `pinOf`; `usage`, rule `offline-nodes` */
export async function waysOf(
  { offline, pin, nodes: named }: Parameters<Ports["ways"]>[0],
  around: {
    readonly network: Network;
    readonly pins: PinBook;
    /** Of these URLs, else of the nodes of the call. */
    readonly strangers: (urls: readonly [string, ...string[]] | undefined) => Promise<Strangers>;
  } & Pick<Ports, "nodes" | "light" | "headers" | "signal">,
): Promise<Ways> {
  const { network, nodes, pins, light, headers, strangers, signal } = around;
  const held = once(async () => (await headers()).own(() => signal.throwIfAborted()));
  if (offline && named !== undefined) {
    throw new BskError("usage", "--offline asks nobody, and --nodes says whom to ask", { rule: "offline-nodes" });
  }
  return {
    network,
    nodes: offline ? [] : await nodes(),
    strangers: () => strangers(named),
    strangersOnly: named !== undefined,
    pin: pinOf(pin, pins),
    log: once(async () => pinnedLog(await light(), pin, pins)),
    noLog: async () => noLog(await light()),
    blockTime: async (height) => (await held())?.timeAt(height) ?? null,
    zonefiles: async () => zonefilesIn(join((await light()).path, ZONEFILES)),
  };
}
