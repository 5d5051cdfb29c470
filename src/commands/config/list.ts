import { command } from "../../cli/command.ts";
import { listed } from "../../cli/config.ts";
import { table } from "../../cli/layout.ts";

export const configCommand = command({
  path: "config",
  summary: "List all settings with their values and origins",
  description: [
    "A setting comes from a flag, else from the environment, else from the configuration file (its part for the network first), else from its default.",
  ],
  run: (_options, { config, configStore }) => Promise.resolve({ file: configStore.path, settings: listed(config) }),
  text: ({ file, settings }, style) =>
    `${table(
      ["SETTING", "VALUE", "ORIGIN"],
      settings.map(({ key, value, origin }) => [style.name(key), value ?? style.dim("unset"), origin ?? ""]),
      style,
    )}\n${style.dim(`file: ${file}`)}`,
});
