/** A devnet of its own for a test file, gone with its directory when the file ends. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env } from "node:process";
import { afterAll, beforeAll } from "vitest";
import { faucet, type Faucet } from "../../src/chain/devnet-faucet.ts";
import { startDevnet, type Devnet } from "../../src/chain/devnet.ts";

export interface TestDevnet {
  readonly devnet: Devnet;
  readonly faucet: Faucet;
  readonly dir: string;
}

/** Starts a node before the tests of the file; `BITCOIND=path` takes that one instead of the embedded one. */
export function useDevnet(): () => TestDevnet {
  let running: TestDevnet | undefined;
  beforeAll(async () => {
    const dir = await mkdtemp(join(tmpdir(), "bsk-test-devnet-"));
    const devnet = await startDevnet({ dir, bitcoindPath: env["BITCOIND"] });
    running = { devnet, faucet: faucet(devnet), dir };
  });
  afterAll(async () => {
    await running?.devnet.stop();
    if (running !== undefined) await rm(running.dir, { recursive: true, force: true });
  });
  return () => {
    if (running === undefined) throw new Error("the devnet runs only inside of tests");
    return running;
  };
}
