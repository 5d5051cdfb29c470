/** Options that every command takes, and those that every spending command takes. */
import { parseOutpoint } from "../primitives/outpoint.ts";
import { flag, integer, option, options, type Parameters, path } from "./parameter.ts";
import { httpUrls, networkName, socksProxy } from "./settings.ts";

/** Checked here, read where the setting is. */
function urlList(value: string): string {
  return httpUrls(value).join(",");
}

export const GLOBAL_OPTIONS = {
  network: option(networkName, "network to work on", { placeholder: "NAME", completes: "network" }),
  node: option(urlList, "bsk node to ask instead of the one on this machine, or several", {
    placeholder: "URL[,URL]",
  }),
  esplora: option(urlList, "Esplora server for coins, fees and broadcast, or several", { placeholder: "URL[,URL]" }),
  proxy: option(socksProxy, "SOCKS 5 proxy for all that is not on this machine, such as socks5://127.0.0.1:9050", {
    placeholder: "URL",
  }),
  json: flag("print one JSON envelope instead of text"),
  yes: flag("answer yes to every question", { short: "y" }),
  quiet: flag("no notes and no progress, only results and errors", { short: "q" }),
  dir: option(path, "keep configuration and data in this directory", { placeholder: "DIR", completes: "directory" }),
  passphraseFile: option(path, "file whose first line is the passphrase", { placeholder: "FILE", completes: "file" }),
  passphraseFd: option(integer(0, 1023), "file descriptor to read the passphrase from", { placeholder: "FD" }),
  noColor: flag("no colours"),
} as const satisfies Parameters;

export const SPENDING_OPTIONS = {
  dryRun: flag("show the plan with its costs, send nothing"),
  coin: options(parseOutpoint, "pay with this coin and no others but those so named, also from the address of a name", {
    placeholder: "TXID:INDEX",
  }),
  feeRate: option(integer(1, 10_000), "satoshis per virtual byte, instead of the estimate", { placeholder: "RATE" }),
  maxFee: option(integer(1, 100_000_000), "most that one transaction may pay to miners", { placeholder: "SATS" }),
  maxFeeRate: option(integer(1, 10_000), "most satoshis per virtual byte; a higher estimate is cut", {
    placeholder: "RATE",
  }),
} as const satisfies Parameters;
