import { command } from "../../cli/command.ts";
import { arg } from "../../cli/parameter.ts";
import { settingKey } from "../../cli/settings.ts";

export const configUnsetCommand = command({
  path: "config unset",
  summary: "Remove a setting from the configuration file",
  description: ["With --network only the value for that network is removed."],
  options: { key: arg(settingKey, "the setting", { placeholder: "KEY" }) },
  run: ({ key }, { config, configStore }) => {
    const network = config.origin("network") === "--network" ? config.text("network") : null;
    configStore.set(key, null, network);
    return Promise.resolve({ key, network, file: configStore.path });
  },
  text: ({ key }, style) => `${style.name(key)} is not set`,
});
