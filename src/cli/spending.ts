/** What must hold before a command that spends may even ask for a passphrase. */
import { BskError } from "../errors.ts";
import type { Network } from "../protocol/network-definition.ts";

/** Bitcoin was past this height when this was written: a network that ended at or before it has ended. */
const BITCOIN_HEIGHT_REACHED = 900_000;

export interface SpendingRequest {
  readonly network: Network;
  /** Whether `--network`, the environment or the configuration named the network. */
  readonly named: boolean;
}

/**
 * The frame calls it with nothing but the command line and the network's definition: no network access, no prompt.
 * @throws BskError rejected with rule `chain-ended`; usage with rule `network-not-named`
 */
export function checkSpending({ network, named }: SpendingRequest): void {
  if (!named)
    throw new BskError("usage", "no network is assumed for a command that spends", {
      rule: "network-not-named",
      hint: `give --network NAME, or once: bsk config set network NAME`,
    });
  if (hasEnded(network))
    throw new BskError(
      "rejected",
      `"${network.name}" ignores every operation from block ${String(network.endHeight)} on`,
      {
        rule: "chain-ended",
        hint: "it can still be read; names are registered on other networks: bsk network list, bsk network new",
      },
    );
}

/** By its definition alone. Where the end lies ahead, the rules decide with the height. */
function hasEnded({ endHeight, bitcoin }: Network): boolean {
  return endHeight !== null && bitcoin.chain === "bitcoin" && endHeight <= BITCOIN_HEIGHT_REACHED;
}
