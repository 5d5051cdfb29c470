import { command } from "../../cli/command.ts";
import { arg } from "../../cli/parameter.ts";
import { settingKey } from "../../cli/settings.ts";

export const configGetCommand = command({
  path: "config get",
  summary: "Show one setting",
  options: { key: arg(settingKey, "the setting", { placeholder: "KEY" }) },
  run: ({ key }, { config }) => Promise.resolve({ key, value: config.text(key), origin: config.origin(key) }),
  text: ({ value }) => value ?? "",
});
