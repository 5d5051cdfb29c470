/** A world for the frame in memory: what was printed, and ports that a test may watch. */
import { flagSettings } from "../../src/cli/flag-settings.ts";
import { configurationOf, type ConfigFile } from "../../src/cli/config.ts";
import { filesOf } from "../../src/cli/files.ts";
import type { Command } from "../../src/cli/command.ts";
import type { Ports } from "../../src/cli/ports.ts";
import type { Call, World } from "../../src/cli/program.ts";
import { runProgram } from "../../src/cli/program.ts";
import { PLAIN } from "../../src/cli/style.ts";
import { BskError } from "../../src/errors.ts";
import type { NodeClient } from "../../src/lightnode/node-client.ts";
import type { PinnedLog } from "../../src/lightnode/pinned-log.ts";
import { waysOver } from "./ways.ts";
import type { CoinSource } from "../../src/chain/source.ts";
import { BUILT_IN, networkOf, newNetworkDefinition } from "../../src/protocol/network-definition.ts";

export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** What the command asked of the outside world, in order. */
  readonly asked: readonly string[];
}

/** Networks of the built-in kind and one whose coins carry value, called "worth". */
const NETWORKS = [...BUILT_IN, newNetworkDefinition("worth", "bitcoin", 900_000, "wo")];

/** What the clock shows: an hour after the last block of the fake node. */
const NOW = new Date("2026-01-02T04:04:05Z");

export interface Surroundings {
  readonly file?: ConfigFile;
  readonly environment?: Readonly<Record<string, string>>;
  /** The bsk node that is asked. */
  readonly node?: NodeClient;
  /** The verified log on this machine. */
  readonly log?: PinnedLog;
  /** The source of coins; without it there is none. */
  readonly coins?: CoinSource;
  readonly stopped?: { readonly signal: string; readonly error: BskError };
}

/** Runs a command line against these commands, with everything outside replaced. */
export async function run(
  commands: readonly Command[],
  argv: readonly string[],
  { file = { settings: {}, networks: {} }, environment = {}, node, log, coins, stopped }: Surroundings = {},
): Promise<Run> {
  let out = "";
  let err = "";
  const asked: string[] = [];
  const ports = (call: Call): Ports => {
    const config = configurationOf(file, environment, flagSettings(call));
    const find = (name: string) => {
      const definition = NETWORKS.find((known) => known.name === name);
      if (definition === undefined) throw new BskError("usage", `no network is called "${name}"`);
      return Promise.resolve(networkOf(definition));
    };
    return {
      config,
      terminal: {
        line: (text: string) => (out += `${text}\n`),
        note: (text: string) => (err += `${text}\n`),
        warn: (text: string) => (err += `${text}\n`),
      },
      files: filesOf(new AbortController().signal),
      secrets: { passphrase: () => Promise.resolve(String(asked.push("passphrase"))) },
      dryRun: call.spending.dryRun === true,
      registry: call.registry,
      network: () => find(config.get("network") ?? "mainnet"),
      clock: { now: () => NOW, sleep: () => Promise.resolve() },
      node: () => Promise.resolve(node),
      nodes: () => Promise.resolve([node]),
      ways: ({ offline }: { offline: boolean }) =>
        Promise.resolve(waysOver(node === undefined || offline ? [] : [node], log)),
      coins: () =>
        coins === undefined ? Promise.reject(new BskError("machine", "no Bitcoin node")) : Promise.resolve(coins),
      atEnd: call.atEnd,
    } as unknown as Ports;
  };
  const world: World = {
    registry: {
      groups: { box: "Boxes" },
      sections: [
        {
          title: "Things",
          commands: Object.fromEntries(commands.map((command) => [command.path, () => Promise.resolve(command)])),
        },
      ],
    },
    debug: false,
    print: (text) => (out += text),
    printError: (text) => (err += text),
    styles: () => Promise.resolve({ output: PLAIN, errors: PLAIN }),
    ports,
    stopped: () => stopped ?? null,
  };
  return { code: await runProgram(argv, world), out, err, asked };
}
