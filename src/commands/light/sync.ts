import { join } from "node:path";
import { command } from "../../cli/command.ts";
import { card } from "../../cli/layout.ts";
import { byteCount, lightPairs } from "../../cli/light.ts";
import { lockDirectory } from "../../cli/lock.ts";
import { options, path } from "../../cli/parameter.ts";
import { pinOption } from "../../cli/pin.ts";
import { shownLight } from "../../lightnode/light-directory.ts";
import { syncLight } from "../../lightnode/light-sync.ts";
import { requiredPin } from "../../lightnode/pin.ts";
import { tileSource } from "../../lightnode/tile-source.ts";

export const lightSyncCommand = command({
  path: "light sync",
  summary: "Fetch every operation up to the pin and check all of them against it",
  description: [
    "Takes tiles from nodes, web servers and directories, hashes them forward from the network's first block, and keeps what comes out at the pin: from then on names are resolved from it at the level complete, without asking anybody. No source is believed in anything. Several are asked at once; one that gives what is not the chain's is named and not asked again, and the others go on.",
    "Without --from it asks the nodes of --node or of the settings. Without --pin it goes to the pin that bsk pin list shows first. Nothing above the pin is kept.",
    "It may be stopped or killed at any moment, and goes on where it was. A file that the disk has damaged is noticed, and what it lost is fetched again.",
    "Exit code 3: no source comes out at the pin. 4: no source reaches it. 7: the sources cannot be reached, or the disk is full.",
  ],
  examples: [
    { text: "From your own node", command: "bsk light sync" },
    {
      text: "From a mirror and a copy on a disk",
      command: "bsk light sync --from https://tiles.example.org --from /mnt/tiles",
    },
  ],
  options: {
    from: options(path, "a node, the address of a directory of tiles, or a directory", { placeholder: "URL|DIR" }),
    pin: pinOption,
  },
  run: async ({ from, pin: given }, ports) => {
    const { terminal, signal } = ports;
    const network = await ports.network();
    const pin = requiredPin(given, await ports.pins());
    const places = from.length > 0 ? from : (await ports.nodes()).map(({ url }) => url);
    const directory = join(ports.directories.data(network.name), "light");
    ports.atEnd(lockDirectory(directory, "bsk light sync"));
    let fetched = 0;
    const received = (bytes: number): void => void (fetched += bytes);
    const socks = ports.config.get("proxy");
    const spinner = terminal.progress("light sync");
    try {
      const {
        light,
        refused,
        from: before,
      } = await syncLight({
        directory,
        network,
        pin,
        sources: places.map((where) => tileSource(where, { socks, signal, received })),
        signal,
        events: {
          progress: ({ phase, height, done, total }) => {
            spinner.update(`${phase} to block ${height} of ${pin.height}, ${byteCount(fetched)} fetched`, done, total);
          },
          refused: (source, because) => terminal.warn(`refused, and not asked again: ${source}: ${because}`),
          failed: (source, { message }) => terminal.warn(`not asked any longer: ${source}: ${message}`),
          repaired: (file) => terminal.warn(`"${join(directory, file)}" was damaged: what it lost is fetched again`),
          contradicted: ({ height, consensusHash }) =>
            terminal.warn(
              `the pin ${height}:${consensusHash}, up to which all was verified before, is not of this chain: what rested on it is replaced`,
            ),
        },
      });
      return { ...shownLight(light), before: before < network.firstBlock ? null : before, fetched, refused };
    } finally {
      spinner.stop();
    }
  },
  text: ({ before, fetched, refused, ...shown }, style) =>
    card(
      [
        [
          "verified",
          style.good(before === null ? "every operation" : `every operation; the last time up to block ${before}`),
        ],
        ...lightPairs(shown, style),
        ["fetched", byteCount(fetched)],
        ["refused", refused.length === 0 ? null : style.bad(refused.map(({ source }) => source).join(", "))],
      ],
      style,
    ),
});
