/** The networks of this installation: built-in ones, and one definition file for each of the user's own. */
import { join } from "node:path";
import type { Files } from "../cli/files.ts";
import type { ListedNetwork, NetworkCatalogue } from "../cli/ports.ts";
import { BskError, ParseError } from "../errors.ts";
import { BUILT_IN, type Network, networkOf } from "../protocol/network-definition.ts";

const SUFFIX = ".json";

export function networkCatalogue(configDirectory: string, files: Files): NetworkCatalogue {
  const directory = join(configDirectory, "networks");
  const own = async (): Promise<readonly string[]> =>
    (await files.list(directory))
      .filter((file) => file.endsWith(SUFFIX) && !file.startsWith("."))
      .map((file) => file.slice(0, -SUFFIX.length));
  const load = async (name: string): Promise<Network> => {
    const file = join(directory, name + SUFFIX);
    const { parseNetworkDefinition } = await import("../protocol/network-json.ts");
    try {
      const definition = parseNetworkDefinition(await files.readText(file));
      if (definition.name !== name) throw new ParseError(`it defines "${definition.name}"`);
      return networkOf(definition);
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      throw new BskError("usage", `"${file}" does not define a network`, { cause: error });
    }
  };
  return {
    list: async () => [
      ...BUILT_IN.map((definition): ListedNetwork => ({ network: networkOf(definition), file: null })),
      ...(await Promise.all(
        (await own()).map(async (name) => ({ network: await load(name), file: join(directory, name + SUFFIX) })),
      )),
    ],
    find: async (name) => {
      const builtIn = BUILT_IN.find((definition) => definition.name === name);
      if (builtIn !== undefined) return networkOf(builtIn);
      if (!(await own()).includes(name))
        throw new BskError("usage", `no network is called "${name}"`, { hint: "bsk network list shows them" });
      return load(name);
    },
    add: async (definition) => {
      if (BUILT_IN.some(({ name }) => name === definition.name))
        throw new BskError("usage", `the network "${definition.name}" is built in`, { hint: "choose another name" });
      const { formatNetworkDefinition } = await import("../protocol/network-json.ts");
      const file = join(directory, definition.name + SUFFIX);
      await files.write(file, formatNetworkDefinition(definition));
      return file;
    },
  };
}
