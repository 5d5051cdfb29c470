/** How a full node serves: each value from its flag, else from its setting. */
import { join } from "node:path";
import type { Configuration } from "./config.ts";
import { type EventLogStyle, LOG_FORMATS, LOG_LEVELS } from "./event-log.ts";
import { integer, oneOf, option, options, path, text } from "./parameter.ts";
import { apiBurst, apiConnections, apiRate, ipAddress } from "./settings.ts";

const INSTEAD = "instead of the setting";

/** Flags of a command that serves; each has a setting of the same meaning. */
export const SERVING_OPTIONS = {
  directory: option(path, `directory of the index, ${INSTEAD}`, { placeholder: "DIR", completes: "directory" }),
  host: option(text, `address to listen on, ${INSTEAD}`, { placeholder: "ADDRESS" }),
  port: option(integer(0, 65_535), "port of the API instead of the one in the settings; 0 takes a free one"),
  apiRate: option(apiRate, `cheap reads a second for each client, ${INSTEAD}`, { placeholder: "N" }),
  apiBurst: option(apiBurst, `cheap reads at once for each client, ${INSTEAD}`, { placeholder: "N" }),
  apiConnections: option(apiConnections, `connections of all clients, ${INSTEAD}`, { placeholder: "N" }),
  apiProxy: options(ipAddress, `address of a reverse proxy whose X-Forwarded-For is believed, ${INSTEAD}`, {
    placeholder: "ADDRESS",
  }),
  logLevel: option(oneOf(LOG_LEVELS), `least level that is logged, ${INSTEAD}`),
  logFormat: option(oneOf(LOG_FORMATS), `form of a line in the log, ${INSTEAD}`),
} as const;

type ServingValues = { readonly [K in keyof typeof SERVING_OPTIONS]: ReturnType<(typeof SERVING_OPTIONS)[K]["read"]> };

export interface ServingSettings {
  readonly host: string;
  readonly port: number;
  readonly limits: { readonly requestsPerSecond?: number; readonly burst?: number; readonly connections?: number };
  readonly proxies: readonly string[];
  readonly log: EventLogStyle;
}

/** The directory of the index: the setting, else beside the network's other data. */
export function nodeDirectory(config: Configuration, dataDirectory: string, flag?: string): string {
  return flag ?? config.get("node.directory") ?? join(dataDirectory, "node");
}

/** @throws BskError usage for a setting that is not valid */
export function servingSettings(flags: ServingValues, config: Configuration, apiPort: number): ServingSettings {
  const requestsPerSecond = flags.apiRate ?? config.get("api.rate");
  const burst = flags.apiBurst ?? config.get("api.burst");
  const connections = flags.apiConnections ?? config.get("api.connections");
  return {
    host: flags.host ?? config.get("host") ?? "127.0.0.1",
    port: flags.port ?? config.get("port") ?? apiPort,
    limits: {
      ...(requestsPerSecond !== undefined && { requestsPerSecond }),
      ...(burst !== undefined && { burst }),
      ...(connections !== undefined && { connections }),
    },
    proxies: flags.apiProxy.length > 0 ? flags.apiProxy : (config.get("api.proxies") ?? []),
    log: {
      level: flags.logLevel ?? config.get("log.level") ?? "info",
      format: flags.logFormat ?? config.get("log.format") ?? "json",
    },
  };
}
