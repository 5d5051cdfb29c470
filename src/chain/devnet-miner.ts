/** Time on a devnet: a block now and then, and at once when a transaction waits for one. */
import * as v from "valibot";
import type { Faucet } from "./devnet-faucet.ts";
import type { Devnet } from "./devnet.ts";

export interface MinerOptions {
  /** Between two blocks when nothing happens. */
  readonly blockTimeMs: number;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Rejects when the signal is aborted. */
  sleep(ms: number): Promise<void>;
  /** Milliseconds, from any start. */
  now(): number;
  /** Called after each block with its height. */
  mined(height: number): void;
  /** Called between two looks. */
  tick(): Promise<void>;
}

const LOOK_MS = 250;
const mempool = v.object({ size: v.number() });

/** Mines until the signal is aborted. @throws BskError `machine` when the node is gone. */
export async function mineForEver(devnet: Devnet, money: Faucet, options: MinerOptions): Promise<void> {
  let last = options.now();
  while (!options.signal.aborted) {
    await options.tick();
    const { size } = await devnet.node.call("getmempoolinfo", [], mempool);
    if (size > 0 || options.now() - last >= options.blockTimeMs) {
      await money.mine(1);
      last = options.now();
      options.mined((await devnet.coins.tip()).height);
    }
    await options.sleep(Math.min(LOOK_MS, options.blockTimeMs)).catch((error: unknown) => {
      if (!options.signal.aborted) throw error;
    });
  }
}
