/** The settings that a command line overrides for one call. */
import type { Parsed } from "./parse.ts";
import type { SettingKey } from "./settings.ts";

/** As texts, as the configuration file would hold them. */
export function flagSettings({
  globals,
  spending,
}: Pick<Parsed, "globals" | "spending">): Partial<Record<SettingKey, string>> {
  const given: Partial<Record<SettingKey, string | number | undefined>> = {
    network: globals.network,
    node: globals.node,
    "esplora.url": globals.esplora,
    proxy: globals.proxy,
    "fee-rate": spending.feeRate,
    "max-fee": spending.maxFee,
    "max-fee-rate": spending.maxFeeRate,
  };
  return Object.fromEntries(
    Object.entries(given).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]])),
  );
}
