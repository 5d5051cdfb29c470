import { command } from "../../cli/command.ts";
import { arg, text } from "../../cli/parameter.ts";
import { settingKey } from "../../cli/settings.ts";

export const configSetCommand = command({
  path: "config set",
  summary: "Set a setting in the configuration file",
  description: ["With --network the value is set for that network alone."],
  examples: [
    { text: "Work on regtest unless told otherwise", command: "bsk config set network regtest" },
    {
      text: "Where the Bitcoin node of one network is",
      command: "bsk config set --network regtest bitcoind.url http://127.0.0.1:18443",
    },
  ],
  options: {
    key: arg(settingKey, "the setting", { placeholder: "KEY" }),
    value: arg(text, "its value"),
  },
  run: async ({ key, value }, { config, configStore, networks }) => {
    if (key === "network") await networks.find(value);
    const network = config.origin("network") === "--network" ? config.text("network") : null;
    if (network !== null) await networks.find(network);
    configStore.set(key, value, network);
    return { key, value, network, file: configStore.path };
  },
  text: ({ key, value, network }, style) =>
    `${style.name(key)} = ${value}${network === null ? "" : ` (on ${network})`}`,
});
