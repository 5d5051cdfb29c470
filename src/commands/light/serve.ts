import { join } from "node:path";
import { loopbackGate, OPEN_GATE } from "../../api/gate.ts";
import { isLoopback } from "../../chain/loopback.ts";
import { command } from "../../cli/command.ts";
import { eventLog } from "../../cli/event-log.ts";
import { lockDirectory } from "../../cli/lock.ts";
import { SERVING_OPTIONS, servingSettings } from "../../cli/node-settings.ts";
import { flag, integer, optionOr, options, path, text } from "../../cli/parameter.ts";
import { pinWords } from "../../cli/pin.ts";
import type { Ports } from "../../cli/ports.ts";
import { VERSION } from "../../cli/version.ts";
import { BskError } from "../../errors.ts";
import { openLightDirectory } from "../../lightnode/light-directory.ts";
import { syncLight } from "../../lightnode/light-sync.ts";
import type { NodeClient } from "../../lightnode/node-client.ts";
import { type Pin, shownPin } from "../../lightnode/pin.ts";
import { type LightEvent, LightServer } from "../../lightnode/serve/light-server.ts";
import { ZonefileFetcher } from "../../lightnode/serve/zonefile-fetcher.ts";
import { tileSource } from "../../lightnode/tile-source.ts";
import { ZONEFILES, zonefilesIn } from "../../lightnode/zonefile-store.ts";
import type { Network } from "../../protocol/network-definition.ts";

const { directory: _directory, host: _host, ...SERVING } = SERVING_OPTIONS;

/** The nodes to follow: without the very address that this server listens on, which is the usual one of a full node here. */
async function nodesToFollow(ports: Ports, port: number): Promise<readonly NodeClient[]> {
  const nodes = await ports.nodes();
  return nodes.filter(({ url }) => {
    const { hostname, port: theirs } = new URL(url);
    return !(isLoopback(hostname) && Number(theirs) === port);
  });
}

/** Brings the light directory to a pin, holding its lock for so long. */
function syncTo(ports: Ports, network: Network, directory: string, places: readonly string[], log: Log) {
  const { config, signal } = ports;
  const socks = config.get("proxy");
  return async (pin: Pin): Promise<void> => {
    const release = lockDirectory(directory, "bsk light serve");
    try {
      await syncLight({
        directory,
        network,
        pin,
        sources: places.map((where) => tileSource(where, { socks, signal })),
        signal,
        events: {
          refused: (source, because) =>
            log({ level: "error", event: "source-refused", fields: { source, error: because } }),
          failed: (source, { message }) =>
            log({ level: "warn", event: "source-failed", fields: { source, error: message } }),
          repaired: (file) => log({ level: "warn", event: "repaired", fields: { file } }),
          contradicted: ({ height }) => log({ level: "error", event: "pin-contradicted", fields: { height } }),
        },
      });
    } finally {
      release();
    }
  };
}

type Log = (event: LightEvent) => void;

export const lightServeCommand = command({
  path: "light serve",
  summary: "Answer for names on this machine, out of the verified log, and keep it current",
  description: [
    "A local server for programs that know the API of a node: it answers the v1 routes out of the verified log, at the level complete, and says so in the headers bsk-level, bsk-as-of and bsk-pin and in the field checked. Nodes are believed in nothing that an answer says; they are asked for newer pins, for tiles and for zone files.",
    "It listens on 127.0.0.1 at the port that a full node of this network would have, so that programs, and bsk itself, find it. Requests that are addressed to another name than this machine's are refused, and pages in a browser may ask only if --origin allows theirs.",
    "Every --poll seconds it asks the nodes of --node or of the settings for a newer pin, which has to be of one history with those held: from your own node, or from two that agree. A single node of somebody else does not move a pin that is attested; where none is held its word is taken, and every answer says that. Tiles come from the same nodes, or from where --from says.",
    "What goes wrong with that is logged and shown at /health; answers go on, as of the last pin. SIGINT and SIGTERM stop it.",
  ],
  examples: [
    { text: "Beside a full node on this machine", command: "bsk light serve --port 6280 --node http://127.0.0.1:6270" },
    {
      text: "Following two nodes of others",
      command: "bsk light serve --node https://names.example.org,https://bns.example.com",
    },
    { text: "For a page of your own", command: "bsk light serve --origin https://app.example" },
  ],
  options: {
    ...SERVING,
    host: optionOr("127.0.0.1", text, "address to listen on", { placeholder: "ADDRESS" }),
    expose: flag("listen on an address that others reach; whoever does may ask, within the limits"),
    origin: options(text, "pages of this origin may ask; * allows all", { placeholder: "ORIGIN" }),
    from: options(path, "a node, the address of a directory of tiles, or a directory", { placeholder: "URL|DIR" }),
    poll: optionOr("30", integer(1, 86_400), "seconds between two looks for a newer pin", { placeholder: "SECONDS" }),
  },
  run: async ({ host, expose, origin, from, poll, ...flags }, ports) => {
    const { clock, terminal, signal } = ports;
    if (!isLoopback(host) && !expose) {
      throw new BskError("usage", `"${host}" is not on this machine alone`, {
        rule: "not-loopback",
        hint: "a light server is for you; --expose listens there all the same",
      });
    }
    const network = await ports.network();
    const serving = servingSettings({ ...flags, host, directory: undefined }, ports.config, network.apiPort);
    const directory = join(ports.directories.data(network.name), "light");
    const log = eventLog(terminal, clock, serving.log);
    const nodes = await nodesToFollow(ports, serving.port);
    const places = from.length > 0 ? from : nodes.map(({ url }) => url);
    const server = new LightServer({
      network,
      version: VERSION,
      openLight: () => openLightDirectory(directory, network),
      openPins: ports.readPins,
      sync: syncTo(ports, network, directory, places, log),
      nodes,
      zonefiles: new ZonefileFetcher(zonefilesIn(join(directory, ZONEFILES)), nodes, () => clock.now().getTime()),
      log,
    });
    const gate = expose && !isLoopback(host) ? OPEN_GATE : loopbackGate(host, origin);
    const { limits, proxies, port } = serving;
    const api = await server.listen({ host, port, limits, proxies, gate });
    log({ level: "info", event: "serving", fields: { url: api.url, height: server.pinned?.pin.height ?? -1 } });
    try {
      while (!signal.aborted) {
        await server.refresh();
        await clock.sleep(poll * 1000);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      await api.stop();
    }
    const { pinned } = server;
    return { url: api.url, pin: pinned === null ? null : shownPin(pinned.pin) };
  },
  text: ({ url, pin }, style) =>
    `${url} stopped ${pin === null ? "before its first sync" : `at ${pinWords(pin, style)}`}`,
});
