/** The desk that commands spend from: wallet, coins, nodes and journal of one network. */
import type { Ports } from "../cli/ports.ts";
import type { Desk } from "../spending/desk.ts";
import type { OutpointText } from "../primitives/outpoint.ts";
import { payWith } from "../wallet/coins.ts";
import { FEE_LIMITS, type FeeLimits } from "../wallet/sign.ts";

/** What a desk is made of. */
type Parts = Pick<Ports, "network" | "coins" | "nodes" | "journal" | "wallet" | "clock" | "config" | "secrets"> & {
  /** Coins that the user named to pay with. */
  readonly named: readonly OutpointText[];
};

/** @throws BskError `wallet` if there is no wallet on this network. */
export async function deskOf(ports: Parts): Promise<Desk> {
  const wallet = await ports.wallet();
  wallet.file(); // no wallet: say so before anybody is asked for anything else
  const [first, ...others] = await ports.nodes();
  let opened = false;
  const node = [first, ...others].find(({ own }) => own) ?? first;
  return {
    network: await ports.network(),
    source: await ports.coins(),
    node,
    nodes: [node, ...[first, ...others].filter((each) => each !== node)],
    journal: await ports.journal(),
    scripts: () => wallet.scripts(),
    purse: async () => payWith(await wallet.purse(), ports.named),
    alone: (work) => wallet.alone("spending", work),
    changeScript: wallet.next("change").script,
    freshOwner: () => wallet.next("owner").address,
    use: (scripts) => wallet.use(scripts),
    freshRevealer: () => Promise.resolve(wallet.next("reveal").address),
    publicKeyOf: (script) => wallet.publicKeyOf(script),
    unlock: async () => {
      const { keyOf } = await wallet.unlock();
      opened = true;
      return keyOf;
    },
    canSign: () => opened || ports.secrets.isGiven(),
    limits: limitsOf(ports.config),
    feeRate: ports.config.get("fee-rate") ?? null,
    now: () => ports.clock.now(),
  };
}

function limitsOf(config: Ports["config"]): FeeLimits {
  const maxFee = config.get("max-fee");
  return {
    maxFee: maxFee === undefined ? FEE_LIMITS.maxFee : BigInt(maxFee),
    maxFeeRate: config.get("max-fee-rate") ?? FEE_LIMITS.maxFeeRate,
  };
}
