/** Settings with their origin: default < file < file for the network < environment < flag. */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { BskError, ParseError } from "../errors.ts";
import { makeDirectory } from "./make-directory.ts";
import type { Environment } from "./directories.ts";
import {
  environmentName,
  networkName,
  type SettingKey,
  SETTING_KEYS,
  SETTINGS,
  type SettingValue,
  settingKey,
} from "./settings.ts";

/** Where a value came from, as shown: "default", "file", "file, network regtest", "BSK_NODE", "--node". */
export type Origin = string;

export interface Configuration {
  /** The value, undefined where it is unset and has no default. @throws BskError usage if its text is not valid. */
  get<K extends SettingKey>(key: K): SettingValue<K> | undefined;
  /** null where it is unset. */
  origin(key: SettingKey): Origin | null;
  /** The text as it was given, null where it is unset. */
  text(key: SettingKey): string | null;
}

/** The configuration file: texts by key, for all networks and for single ones. */
export interface ConfigFile {
  readonly settings: Partial<Readonly<Record<SettingKey, string>>>;
  readonly networks: Readonly<Record<string, Partial<Readonly<Record<SettingKey, string>>>>>;
}

/** Reads and writes `config.json`. */
export interface ConfigStore {
  readonly path: string;
  /** @throws BskError usage if the file is not a valid configuration. */
  read(): ConfigFile;
  /** Sets, or with null unsets, one key, for one network if it is named. Checks the text. @throws BskError usage */
  set(key: SettingKey, text: string | null, network: string | null): void;
}

interface Found {
  readonly text: string;
  readonly origin: Origin;
}

/** Resolves settings of the file, the environment and the flags of one call. */
export function configurationOf(
  file: ConfigFile,
  environment: Environment,
  flags: Partial<Readonly<Record<SettingKey, string>>>,
): Configuration {
  const find = (key: SettingKey): Found | null => {
    const fromFlag = flags[key];
    if (fromFlag !== undefined) return { text: fromFlag, origin: `--${key}` };
    const variable = environmentName(key);
    const fromEnvironment = environment[variable];
    if (fromEnvironment !== undefined && fromEnvironment !== "") return { text: fromEnvironment, origin: variable };
    if (SETTINGS[key].perNetwork) {
      const network = find("network")?.text ?? "";
      const forNetwork = Object.hasOwn(file.networks, network) ? file.networks[network]?.[key] : undefined;
      if (forNetwork !== undefined) return { text: forNetwork, origin: `file, network ${network}` };
    }
    const fromFile = file.settings[key];
    if (fromFile !== undefined) return { text: fromFile, origin: "file" };
    const { fallback } = SETTINGS[key];
    return fallback === null ? null : { text: fallback, origin: "default" };
  };
  return {
    get: <K extends SettingKey>(key: K) => {
      const found = find(key);
      return found === null ? undefined : (parseSetting(key, found.text, found.origin) as SettingValue<K>);
    },
    origin: (key) => find(key)?.origin ?? null,
    text: (key) => find(key)?.text ?? null,
  };
}

function parseSetting(key: SettingKey, text: string, origin: Origin): unknown {
  try {
    return SETTINGS[key].parse(text);
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    throw new BskError("usage", `${key} (${origin}): ${error.message}`);
  }
}

const EMPTY: ConfigFile = { settings: {}, networks: {} };

/** The store of one configuration directory. */
export function configStore(directory: string): ConfigStore {
  const path = join(directory, "config.json");
  const read = (): ConfigFile => {
    const text = readIfThere(path);
    return text === null ? EMPTY : parseConfigFile(text, path);
  };
  return {
    path,
    read,
    set: (key, text, network) => {
      if (text !== null) parseSetting(key, text, path);
      if (network !== null && !SETTINGS[key].perNetwork)
        throw new BskError("usage", `${key} cannot differ per network`, { hint: "leave out --network" });
      write(path, withKey(read(), key, text, network));
    },
  };
}

function withKey(file: ConfigFile, key: SettingKey, text: string | null, network: string | null): ConfigFile {
  const put = (into: Partial<Readonly<Record<SettingKey, string>>>) => {
    const kept = Object.entries(into).filter(([other]) => other !== key);
    return Object.fromEntries(text === null ? kept : [...kept, [key, text]]);
  };
  if (network === null) return { ...file, settings: put(file.settings) };
  return { ...file, networks: { ...file.networks, [network]: put(file.networks[network] ?? {}) } };
}

function write(path: string, file: ConfigFile): void {
  makeDirectory(dirname(path));
  const next = `${path}.${process.pid}.new`;
  writeFileSync(next, `${JSON.stringify({ v: 1, ...file }, null, 2)}\n`, { mode: 0o600, flush: true });
  renameSync(next, path);
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")) return null;
    throw new BskError("machine", `cannot read the configuration "${path}"`, { cause: error });
  }
}

/** @throws BskError usage on anything that is not exactly a configuration file. */
export function parseConfigFile(text: string, path: string): ConfigFile {
  try {
    const { v, settings, networks, ...rest } = record(JSON.parse(text), "the file");
    if (v !== 1) throw new ParseError(`not version 1: ${JSON.stringify(v)}`);
    const unknown = Object.keys(rest)[0];
    if (unknown !== undefined) throw new ParseError(`not a section: "${unknown}"`);
    return {
      settings: section(settings ?? {}),
      networks: Object.fromEntries(
        Object.entries(record(networks ?? {}, "networks")).map(([name, inner]) => [networkName(name), section(inner)]),
      ),
    };
  } catch (error) {
    if (!(error instanceof ParseError || error instanceof SyntaxError)) throw error;
    throw new BskError("usage", `the configuration "${path}" is not valid`, {
      cause: error,
      hint: "correct or remove the file",
    });
  }
}

function section(value: unknown): Partial<Record<SettingKey, string>> {
  return Object.fromEntries(
    Object.entries(record(value, "settings")).map(([key, text]) => {
      if (typeof text !== "string") throw new ParseError(`"${key}" is not a text`);
      return [settingKey(key), text];
    }),
  );
}

function record(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new ParseError(`${what} is not an object`);
  return value as Record<string, unknown>;
}

/** Every key with its text and origin, for `bsk config`. */
export function listed(config: Configuration): readonly ListedSetting[] {
  return SETTING_KEYS.map((key) => ({ key, value: config.text(key), origin: config.origin(key) }));
}

export interface ListedSetting {
  readonly key: SettingKey;
  readonly value: string | null;
  readonly origin: Origin | null;
}
