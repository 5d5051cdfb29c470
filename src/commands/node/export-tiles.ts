import { command } from "../../cli/command.ts";
import { card } from "../../cli/layout.ts";
import { byteCount } from "../../cli/light.ts";
import { nodeDirectory } from "../../cli/node-settings.ts";
import { arg, path } from "../../cli/parameter.ts";
import { exportTiles } from "../../fullnode/tile-export.ts";

export const nodeExportTilesCommand = command({
  path: "node export tiles",
  summary: "Write what light nodes and new full nodes need as files for any web server",
  description: [
    "Writes tiles into a directory: for each 2016 blocks the hashes of what was accepted, the operations themselves, and their transactions, with an index. A static web server, a mirror or a disk with these files feeds bsk light sync and bsk node start --from-tiles as a node does; who reads them does not have to trust whoever keeps them.",
    "Each run adds what came since the last one, also after one that was stopped or killed. Files are whole or not there, and a tile is never written again once 100 blocks are above it. The node may run meanwhile.",
  ],
  examples: [
    { text: "For a web server", command: "bsk node export tiles /var/www/tiles" },
    { text: "Who reads them", command: "bsk light sync --from https://names.example.org/tiles" },
  ],
  options: { to: arg(path, "where the files go", { placeholder: "DIR", completes: "directory" }) },
  run: async ({ to }, ports) => {
    const network = await ports.network();
    const directory = nodeDirectory(ports.config, ports.directories.data(network.name));
    const spinner = ports.terminal.progress("export");
    try {
      const told = (done: number, of: number): void => {
        ports.signal.throwIfAborted();
        spinner.update(`${done} of ${of} ranges`, done, of);
      };
      return { ...(await exportTiles({ network, directory, to, told })), directory: to };
    } finally {
      spinner.stop();
    }
  },
  text: ({ height, tiles, written, bytesWritten, directory }, style) =>
    card(
      [
        ["tiles", `${tiles} up to block ${height}`],
        ["written", written === 0 ? "nothing new" : `${written}, ${byteCount(bytesWritten)}`],
        ["directory", style.dim(directory)],
      ],
      style,
    ),
});
