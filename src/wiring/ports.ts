/** Builds the ports of one call: the outside world that commands see. */
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { configStore, configurationOf } from "../cli/config.ts";
import { directoriesOf } from "../cli/directories.ts";
import { filesOf } from "../cli/files.ts";
import { flagSettings } from "../cli/flag-settings.ts";
import type { Clock, Ports } from "../cli/ports.ts";
import type { Call } from "../cli/program.ts";
import { secretsOf } from "../cli/secrets.ts";
import { terminalOf } from "../cli/terminal.ts";
import type { Network } from "../protocol/network-definition.ts";
import { networkCatalogue } from "./networks.ts";
import { once } from "./once.ts";

export function portsOf(call: Call, environment: NodeJS.ProcessEnv, signal: AbortSignal): Ports {
  const { globals } = call;
  const directories = directoriesOf(environment, homedir(), globals.dir);
  const store = configStore(directories.config);
  const config = configurationOf(store.read(), environment, flagSettings(call));
  const dryRun = call.spending.dryRun === true;
  const terminal = terminalOf(
    { input: process.stdin, output: process.stdout, errors: process.stderr },
    { yes: globals.yes, quiet: globals.quiet, json: globals.json, style: call.errorStyle, signal },
  );
  const files = filesOf(signal);
  const networks = networkCatalogue(directories.config, files);
  const secrets = secretsOf(
    { fd: globals.passphraseFd, file: globals.passphraseFile, environmentFile: environment["BSK_PASSPHRASE_FILE"] },
    files,
    terminal,
  );
  const clock: Clock = {
    now: () => new Date(),
    sleep: async (ms) => {
      try {
        await wait(ms, undefined, { signal });
      } catch (error) {
        throw signal.aborted ? signal.reason : error;
      }
    },
  };
  const network = once((): Promise<Network> => {
    const named = config.origin("network") === "default" ? call.command.network : null;
    return networks.find(named ?? config.get("network") ?? "mainnet");
  });
  const dataDirectory = async (): Promise<string> => directories.data((await network()).name);
  const around = async () => ({ config, files, environment, dataDirectory: await dataDirectory() });
  const coins = once(async () => {
    const { coinSource } = await import("./coins.ts");
    return coinSource(await network(), await around(), {
      warn: (text) => terminal.warn(text),
      sleep: (ms) => clock.sleep(ms),
    });
  });
  const journal = once(async () => {
    const { networkJournal } = await import("./journal.ts");
    return networkJournal(await network(), await dataDirectory(), call.atEnd);
  });
  const wallet = once(async () => {
    const { walletIn } = await import("./wallet.ts");
    return walletIn(await dataDirectory(), { network: await network(), secrets, clock, files, coins, journal });
  });
  const blockSources: Ports["blockSources"] = async (named, headersRead) => {
    const { sourcesAt } = await import("./block-sources.ts");
    return sourcesAt(named, headersRead, await network(), await around());
  };
  const headers = once(async () => {
    const { headersIn } = await import("./headers.ts");
    return headersIn(await dataDirectory(), await network(), files);
  });
  const checkedBlocks = once(async () => {
    const { checkedBlocks: checked } = await import("./block-sources.ts");
    const held = await (await headers()).own(() => signal.throwIfAborted());
    return checked(await blockSources([], () => signal.throwIfAborted()), await network(), held, (text) => {
      terminal.warn(text);
    });
  });
  const nodes = once(async () => {
    const { nodeClients } = await import("./node-client.ts");
    return nodeClients(await network(), config, await dataDirectory());
  });
  const light = once(async () => {
    const { openLightDirectory } = await import("../lightnode/light-directory.ts");
    return openLightDirectory(join(await dataDirectory(), "light"), await network());
  });
  const readPins = async () => {
    const { pinsIn } = await import("./pins.ts");
    return pinsIn(await dataDirectory(), await network(), files, clock);
  };
  const pins = once(readPins);
  const strangers = async (urls: readonly [string, ...string[]] | undefined) => {
    const [{ strangersAt }, { evidenceIn }, { nodeUrls }] = await Promise.all([
      import("./strangers.ts"),
      import("./evidence.ts"),
      import("./node-client.ts"),
    ]);
    const [on, directory] = [await network(), await dataDirectory()];
    const evidence = evidenceIn(directory, files);
    return strangersAt(urls ?? (await nodeUrls(on, config, directory)), { network: on, config, terminal, evidence });
  };
  const desk = once(async () => {
    const { deskOf } = await import("./desk.ts");
    return deskOf({ network, coins, nodes, journal, wallet, clock, config, secrets, named: call.spending.coin ?? [] });
  });
  return {
    config,
    configStore: store,
    terminal,
    secrets,
    clock,
    // Not from node:crypto, which takes longer to load than most commands need in all.
    entropy: { bytes: (length) => globalThis.crypto.getRandomValues(new Uint8Array(length)) },
    files,
    directories,
    signal,
    dryRun,
    networks,
    network,
    coins,
    journal,
    wallet,
    blockSources,
    checkedBlocks,
    headers,
    nodes,
    node: async () => (await nodes())[0],
    nodesAt: async (urls) => {
      const { clientsAt } = await import("./node-client.ts");
      return clientsAt(urls, await network(), config);
    },
    pins,
    readPins,
    light,
    ways: async (of) => {
      const { waysOf } = await import("./ways.ts");
      return waysOf(of, { network: await network(), nodes, pins: await pins(), light, headers, strangers, signal });
    },
    desk,
    interaction: async (howFar) => {
      const { interactionOf } = await import("./interaction.ts");
      return interactionOf({ network, coins, terminal, clock, dryRun, atEnd: call.atEnd }, howFar);
    },
    registry: call.registry,
    atEnd: call.atEnd,
  };
}
