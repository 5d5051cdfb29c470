/** A devnet, a full node on it, and homes with wallets whose commands are real processes: everything but people. */
import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as v from "valibot";
import { Block } from "bitcoinjs-lib";
import { afterAll, beforeAll, expect } from "vitest";
import { address as parseAddress } from "../../src/bitcoin/address.ts";
import { type RunningNode, startNode } from "../../src/fullnode/node.ts";
import type { Entry } from "../../src/journal/entry.ts";
import { openJournal } from "../../src/journal/store.ts";
import { toLatin1 } from "../../src/primitives/bytes.ts";
import { blockHeight, satoshi } from "../../src/primitives/units.ts";
import { BIN, type Ended, sandbox } from "./bsk.ts";
import { type TestDevnet, useDevnet } from "./devnet.ts";
import { REGTEST } from "./fake-node.ts";

/** A command line that runs. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** One user's directory. */
export interface Home {
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Starts a command on regtest. Its standard input is no terminal. */
  start(argv: readonly string[], more?: Readonly<Record<string, string>>): Running;
  /** Runs it to its end while blocks are mined. */
  run(argv: readonly string[], more?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Everything in the journal. */
  entries(): readonly Entry[];
}

export interface Answer {
  readonly code: number | null;
  /** Of the envelope. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly error: { readonly kind?: string; readonly rule?: string; readonly message?: string; readonly hint?: string };
  readonly err: string;
}

export interface Town extends TestDevnet {
  readonly node: RunningNode;
  home(more?: Readonly<Record<string, string>>): Home;
  /** A home whose wallet has money. */
  rich(): Promise<Home>;
  /** Mines one block and waits until the node has indexed it. */
  mine(): Promise<void>;
  /**
   * Mines what waits until the promise settles. Only what waits: on a busy machine a process may take long to sign, and
   * blocks that come by the clock would let its consensus hash die meanwhile.
   */
  mineUntil<T>(promise: Promise<T>): Promise<T>;
  /** Data of every OP_RETURN output of our operations on the chain, as text: "id?…", "id:alice.town". */
  operations(): Promise<readonly string[]>;
}

const BLOCK_MS = 150;
const COINS = 10;

/** Runs from before the tests of a file until after them. */
export function useTown(): () => Town {
  const running = useDevnet();
  let town: Town | undefined;
  let directory: string;
  const homes: string[] = [];
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "bsk-town-"));
    const { devnet, faucet } = running();
    await faucet.mine(110);
    const node = await startNode({
      network: REGTEST,
      directory,
      source: devnet.blocks,
      host: "127.0.0.1",
      port: 0,
      version: "0.0.0",
      log: () => undefined,
      progress: () => undefined,
      now: () => Date.now(),
      pollMs: 100,
    });
    const mine = async () => {
      await faucet.mine(1);
      node.poke();
      await node.waitForHeight((await devnet.coins.tip()).height);
    };
    const waiting = () => devnet.node.call("getrawmempool", [], v.array(v.string()));
    const mineUntil = async <T>(promise: Promise<T>): Promise<T> => {
      let settled = false;
      promise.then(() => (settled = true)).catch(() => (settled = true));
      while (!(settled as boolean)) {
        await Promise.race([sleep(BLOCK_MS), promise.catch(() => undefined)]);
        if (!(settled as boolean) && (await waiting()).length > 0) await mine();
      }
      return promise;
    };
    const home = (more: Readonly<Record<string, string>> = {}): Home => {
      const machine = sandbox();
      const at = machine["HOME"] ?? "";
      homes.push(at);
      writeFileSync(join(at, "pass"), "correct horse battery\n");
      const environment = {
        ...machine,
        BSK_HOME: join(at, "bsk"),
        BSK_PASSPHRASE_FILE: join(at, "pass"),
        BSK_BITCOIND_URL: devnet.rpc.url,
        BSK_BITCOIND_COOKIE: devnet.cookieFile,
        BSK_NODE: node.url,
        ...more,
      };
      const start = (argv: readonly string[], changed: Readonly<Record<string, string>> = {}) =>
        startBsk([...argv, "--network", "regtest", "--json"], { ...environment, ...changed });
      return {
        directory: at,
        environment,
        start,
        run: async (argv, changed) => answerOf(await mineUntil(start(argv, changed).ended)),
        entries: () => {
          const journal = openJournal(join(at, "bsk", "regtest", "journal.db"), REGTEST.id);
          try {
            return journal.entries();
          } finally {
            journal.close();
          }
        },
      };
    };
    town = {
      ...running(),
      node,
      home,
      rich: async () => {
        const made = home();
        const { code, data, err } = await made.run([
          "wallet",
          "create",
          "--phrase-file",
          join(made.directory, "phrase"),
        ]);
        expect({ code, err }).toMatchObject({ code: 0 });
        const to = parseAddress(String(data["address"]), REGTEST.bitcoin);
        await faucet.pay(Array.from({ length: COINS }, () => ({ to, value: satoshi(50_000_000) })));
        await mine();
        return made;
      },
      mine,
      mineUntil,
      operations: async () => {
        const found: string[] = [];
        const { height } = await devnet.blocks.tip();
        for (let at = 1; at <= height; at++) {
          const hash = await devnet.blocks.blockHashAt(blockHeight(at));
          if (hash !== null) found.push(...operationsOf(await devnet.blocks.rawBlock(hash)));
        }
        return found;
      },
    };
  });
  afterAll(async () => {
    await town?.node.stop();
    for (const each of [directory, ...homes]) await rm(each, { recursive: true, force: true });
  });
  return () => {
    if (town === undefined) throw new Error("the town exists only inside of tests");
    return town;
  };
}

const OP_RETURN = 0x6a;
const OP_PUSHDATA1 = 0x4c;

function operationsOf(raw: Uint8Array): string[] {
  const outputs = (Block.fromBuffer(raw).transactions ?? []).flatMap(({ outs }) => outs);
  return outputs
    .filter(({ script }) => script[0] === OP_RETURN)
    .map(({ script }) => toLatin1(script.subarray(script[1] === OP_PUSHDATA1 ? 3 : 2)))
    .filter((text) => text.startsWith("id"));
}

/** Starts the built program; what it says is kept. */
export function startBsk(argv: readonly string[], environment: Readonly<Record<string, string>>): Running {
  const child = spawn(process.execPath, [BIN, ...argv], { env: environment, stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject).on("close", (code) => {
      resolve({ code, out, err });
    });
  });
  return { child, ended };
}

export function answerOf({ code, out, err }: Ended): Answer {
  const { data = {}, error = {} } = JSON.parse(out === "" ? "{}" : out) as Partial<Answer>;
  return { code, data, error, err };
}

/** Looks again and again until it is so. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(10);
}
