/** Where a light server could go next: the pair that its nodes offer, if it is newer, trusted and of the same history. */
import type { Network } from "../../protocol/network-definition.ts";
import type { NodeClient } from "../node-client.ts";
import { contradiction, isAttested, type Pin } from "../pin.ts";
import type { PinBook } from "../pin-book.ts";
import { pinFromNodes } from "../pin-from-nodes.ts";
import { reachedPins } from "../pin-reach.ts";

export type Offer =
  /** `attested` only by one stranger where nothing better is held. */
  | { readonly kind: "newer"; readonly pin: Pin }
  /** The nodes have nothing newer. */
  | { readonly kind: "same"; readonly height: number }
  /** One stranger says more, and a pin that is attested is held: his word does not replace it. */
  | { readonly kind: "one-word"; readonly height: number; readonly url: string };

/**
 * `held`: the pin that answers rest on now, and those of the book.
 * @throws BskError `machine` for outages; `refuted` where nodes contradict each other or a pin that is held; `unproven`
 * where they have no blocks, or do not prove that theirs are of one history with it
 */
export async function offeredPin(
  nodes: readonly [NodeClient, ...NodeClient[]],
  held: Pin | null,
  book: PinBook,
  network: Network,
): Promise<Offer> {
  const { anchor, source } = await pinFromNodes(nodes, network);
  if (held !== null && anchor.height <= held.height) {
    if (anchor.height === held.height && anchor.consensusHash !== held.consensusHash) {
      throw contradiction(held, anchor, "that of the nodes");
    }
    return { kind: "same", height: anchor.height };
  }
  const pin = book.make(anchor, source);
  if (!isAttested(pin) && held !== null && isAttested(held)) {
    return { kind: "one-word", height: anchor.height, url: nodes[0].url };
  }
  const known = held === null ? book.list() : [...book.list().filter(({ height }) => height !== held.height), held];
  await reachedPins(anchor, known, nodes, network);
  return { kind: "newer", pin };
}
