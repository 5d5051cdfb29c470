/** The settings table: every key that the configuration file, the environment or a flag can set. */
import { isIP } from "node:net";
import { ParseError } from "../errors.ts";
import { LOG_FORMATS, LOG_LEVELS } from "./event-log.ts";
import { origins } from "./origin.ts";
import { integer, oneOf, type Parser, path, text } from "./parameter.ts";

/** One setting. Its environment variable is `BSK_` and the key in capitals, `.` and `-` as `_`. */
export interface Setting<T> {
  readonly summary: string;
  /** The shape of a value, for help. */
  readonly placeholder: string;
  /** Text of the default; null: unset. */
  readonly fallback: string | null;
  /** May differ per network: `bsk config set --network NAME KEY VALUE`. */
  readonly perNetwork: boolean;
  /** @throws ParseError */
  parse(value: string): T;
}

function setting<T>(
  summary: string,
  placeholder: string,
  parse: (value: string) => T,
  more: { fallback?: string; perNetwork?: boolean } = {},
): Setting<T> {
  return { summary, placeholder, parse, fallback: more.fallback ?? null, perNetwork: more.perNetwork ?? true };
}

/** An http or https URL without trailing slash. @throws ParseError, also where it carries a password. */
export function httpUrl(value: string): string {
  let url: URL;
  try {
    url = new URL(value);
  } catch {
    throw new ParseError(`not a URL: "${value}"`);
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") throw new ParseError(`not an http URL: "${value}"`);
  if (url.password !== "") throw new ParseError(`a URL with a password in it: secrets belong in files`);
  return url.href.replace(/\/+$/u, "");
}

/** One or more URLs, separated by commas. @throws ParseError */
export function httpUrls(value: string): readonly [string, ...string[]] {
  const [first = "", ...rest] = value.split(",");
  return [httpUrl(first), ...rest.map(httpUrl)];
}

/**
 * The address of a SOCKS 5 proxy as the HTTP client wants it: `socks5h`, where the proxy looks up host names. With
 * `socks5` its library would ask this machine's resolver, and so tell it whom we talk to.
 * @throws ParseError, without repeating the text: it may hold a password
 */
export function socksProxy(value: string): string {
  const match = /^socks5h?:\/\/(?:[^:@/\s]+:[^:@/\s]*@)?[a-zA-Z0-9.-]+:([0-9]{1,5})\/?$/u.exec(value);
  const to = Number(match?.[1]);
  if (match === null || to < 1 || to > 65_535)
    throw new ParseError("not a proxy: it looks like socks5://127.0.0.1:9050 or socks5://user:password@127.0.0.1:9050");
  return value.replace(/^socks5h?:/u, "socks5h:").replace(/\/$/u, "");
}

const NETWORK_NAME = /^[a-z0-9][a-z0-9-]{0,30}$/u;

/** The name of a network, which is also a directory and a file name. @throws ParseError */
export function networkName(value: string): string {
  if (!NETWORK_NAME.test(value) || value === "networks")
    throw new ParseError(`not a network name: "${value}" (1 to 31 characters a-z 0-9 -)`);
  return value;
}

function yesOrNo(value: string): boolean {
  return oneOf(["true", "false"])(value) === "true";
}

const port = integer(1, 65_535);
/** Blocks of any chain in this century. */
const maxReorg = integer(0, 9_999_999);

/** Cheap reads a second, and at once: a list costs as much as twenty. */
export const apiRate = integer(1, 1_000_000);
export const apiBurst = integer(20, 1_000_000);
export const apiConnections = integer(1, 100_000);

/** An IPv4 or IPv6 address. @throws ParseError */
export function ipAddress(value: string): string {
  if (isIP(value) === 0) throw new ParseError(`not an IP address: "${value}"`);
  return value;
}

export const SETTINGS = {
  network: setting("network to work on", "NAME", networkName, { fallback: "mainnet", perNetwork: false }),
  node: setting("URL of the bsk node to ask, or several; unset: the one on this machine", "URL[,URL]", httpUrls),
  "own-node": setting("the nodes named by `node` are your own, and believed", "true|false", yesOrNo, {
    fallback: "false",
  }),
  sources: setting(
    "where the node's blocks come from, in order: rpc, rpc:URL, rpc:URL#COOKIEFILE, rest:URL, files:DIR; unset: rpc",
    "SOURCE[,SOURCE]",
    origins,
  ),
  "bitcoind.url": setting("URL of the Bitcoin node's JSON-RPC; unset: the chain's usual port here", "URL", httpUrl),
  "bitcoind.cookie": setting("cookie file of the Bitcoin node", "FILE", path),
  "bitcoind.user": setting("user name at the Bitcoin node", "USER", text),
  "bitcoind.password-file": setting("file that holds the password at the Bitcoin node", "FILE", path),
  "esplora.url": setting("URL of an Esplora API for coins, fees and broadcast, or several", "URL[,URL]", httpUrls),
  proxy: setting("SOCKS 5 proxy, such as Tor, for all that is not on this machine", "socks5://HOST:PORT", socksProxy),
  host: setting("address that servers of bsk listen on", "ADDRESS", text, { fallback: "127.0.0.1" }),
  port: setting("port of the node's API; unset: the network's own", "PORT", port),
  watch: setting("URL of another bsk node that the node is compared with, or several", "URL[,URL]", httpUrls),
  "api.rate": setting("cheap reads a second that each client of the node's API may ask for", "N", apiRate, {
    fallback: "50",
  }),
  "api.burst": setting("cheap reads that each client may ask for at once; a list costs 20", "N", apiBurst, {
    fallback: "500",
  }),
  "api.connections": setting("connections of all clients to the node's API", "N", apiConnections, { fallback: "512" }),
  "api.proxies": setting(
    "addresses of reverse proxies whose X-Forwarded-For is believed",
    "ADDRESS[,ADDRESS]",
    (value) => value.split(",").map(ipAddress),
  ),
  "node.directory": setting("directory of the node's index; unset: beside the network's other data", "DIR", path),
  "log.level": setting("least level that the node logs", LOG_LEVELS.join("|"), oneOf(LOG_LEVELS), { fallback: "info" }),
  "log.format": setting("form of a line in the node's log", LOG_FORMATS.join("|"), oneOf(LOG_FORMATS), {
    fallback: "json",
  }),
  "max-reorg": setting("blocks that the node takes back at most before it stops for its operator", "N", maxReorg, {
    fallback: "100",
  }),
  "fee-rate": setting("satoshis per virtual byte; unset: ask the Bitcoin node", "RATE", integer(1, 10_000)),
  "max-fee": setting("most satoshis that one transaction may pay to miners", "SATS", integer(1, 100_000_000), {
    fallback: "500000",
  }),
  "max-fee-rate": setting("most satoshis per virtual byte; a higher estimate is cut", "RATE", integer(1, 10_000), {
    fallback: "1000",
  }),
} as const;

export type SettingKey = keyof typeof SETTINGS;
export type SettingValue<K extends SettingKey> = ReturnType<(typeof SETTINGS)[K]["parse"]>;

export const SETTING_KEYS = Object.keys(SETTINGS) as readonly SettingKey[];

/** @throws ParseError */
export const settingKey: Parser<SettingKey> = Object.assign(
  (value: string): SettingKey => {
    const key = SETTING_KEYS.find((known) => known === value);
    if (key === undefined) throw new ParseError(`no such setting: "${value}" (bsk config lists them)`);
    return key;
  },
  { words: SETTING_KEYS },
);

/** `BSK_BITCOIND_URL` for `bitcoind.url`. */
export function environmentName(key: SettingKey): string {
  return `BSK_${key.replace(/[.-]/gu, "_").toUpperCase()}`;
}
