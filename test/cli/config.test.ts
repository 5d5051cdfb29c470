import { mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { configStore, configurationOf, parseConfigFile } from "../../src/cli/config.ts";
import { directoriesOf } from "../../src/cli/directories.ts";
import { environmentName, SETTING_KEYS, SETTINGS } from "../../src/cli/settings.ts";
import { BskError } from "../../src/errors.ts";

const file = {
  settings: { node: "http://file", network: "regtest" },
  networks: { regtest: { node: "http://regtest" }, testnet: { node: "http://testnet" } },
};

test("default < file < file for the network < environment < flag, each with its origin", () => {
  const empty = { settings: {}, networks: {} };
  const origins = [
    configurationOf(empty, {}, {}),
    configurationOf({ ...file, networks: {} }, {}, {}),
    configurationOf(file, {}, {}),
    configurationOf(file, {}, { network: "testnet" }),
    configurationOf(file, { BSK_NODE: "http://env" }, {}),
    configurationOf(file, { BSK_NODE: "http://env" }, { node: "http://flag" }),
  ].map((config) => [config.text("node"), config.origin("node")]);
  expect(origins).toEqual([
    [null, null],
    ["http://file", "file"],
    ["http://regtest", "file, network regtest"],
    ["http://testnet", "file, network testnet"],
    ["http://env", "BSK_NODE"],
    ["http://flag", "--node"],
  ]);
  expect(configurationOf(empty, {}, {}).origin("network")).toBe("default");
  expect(configurationOf(empty, { BSK_NETWORK: "" }, {}).origin("network")).toBe("default");
});

test("a network that is called like something every object has, has no settings", () => {
  const config = configurationOf(file, {}, { network: "constructor" });
  expect(config.origin("node")).toBe("file");
});

test("a bad text is a usage error that names the setting and its origin", () => {
  const bad = [
    [configurationOf(file, { BSK_NODE: "ftp://x" }, {}), "node", /node \(BSK_NODE\): not an http URL/u],
    [configurationOf(file, { BSK_PORT: "70000" }, {}), "port", /port \(BSK_PORT\)/u],
    [configurationOf(file, { BSK_OWN_NODE: "yes" }, {}), "own-node", /not one of true, false: "yes"/u],
    [configurationOf(file, {}, { network: "networks" }), "network", /not a network name/u],
    [configurationOf(file, { BSK_BITCOIND_URL: "http://u:secret@h" }, {}), "bitcoind.url", /password in it/u],
  ] as const;
  for (const [config, key, message] of bad) {
    expect(() => config.get(key)).toThrow(message);
    expect(() => config.get(key)).toThrow(BskError);
  }
  expect(() => configurationOf(file, { BSK_BITCOIND_URL: "http://u:secret@h" }, {}).get("bitcoind.url")).not.toThrow(
    /secret@/u,
  );
});

test("every default is a valid text, every environment name is its own", () => {
  const config = configurationOf({ settings: {}, networks: {} }, {}, {});
  for (const key of SETTING_KEYS) expect(config.get(key) === undefined).toBe(SETTINGS[key].fallback === null);
  expect(new Set(SETTING_KEYS.map(environmentName)).size).toBe(SETTING_KEYS.length);
  expect(environmentName("bitcoind.password-file")).toBe("BSK_BITCOIND_PASSWORD_FILE");
});

test("the store sets, unsets and keeps the rest; the file is for its owner alone", () => {
  const store = configStore(join(mkdtempSync(join(tmpdir(), "bsk-config-")), "deep"));
  expect(store.read()).toEqual({ settings: {}, networks: {} });
  store.set("node", "http://a", null);
  store.set("node", "http://b", "regtest");
  store.set("network", "regtest", null);
  store.set("node", null, null);
  expect(store.read()).toEqual({ settings: { network: "regtest" }, networks: { regtest: { node: "http://b" } } });
  expect(statSync(store.path).mode & 0o777).toBe(0o600);
  expect(readFileSync(store.path, "utf8").endsWith("}\n")).toBe(true);
});

test("the store refuses what would not be read again, and leaves the file alone", () => {
  const store = configStore(mkdtempSync(join(tmpdir(), "bsk-config-")));
  store.set("node", "http://a", null);
  const before = readFileSync(store.path, "utf8");
  expect(() => store.set("node", "nonsense", null)).toThrow(/not a URL/u);
  expect(() => store.set("network", "regtest", "regtest")).toThrow(/cannot differ per network/u);
  expect(readFileSync(store.path, "utf8")).toBe(before);
});

test.each([
  ["not JSON", "{"],
  ["another version", '{"v":2,"settings":{},"networks":{}}'],
  ["no version", '{"settings":{}}'],
  ["an unknown section", '{"v":1,"more":{}}'],
  ["an unknown setting", '{"v":1,"settings":{"nod":"x"}}'],
  ["a value that is no text", '{"v":1,"settings":{"port":1}}'],
  ["a bad network name", '{"v":1,"networks":{"../x":{}}}'],
  ["a list", "[]"],
  ["null", "null"],
])("a configuration with %s is refused", (_what, text) => {
  expect(() => parseConfigFile(text, "config.json")).toThrow(/"config.json" is not valid/u);
});

test("a damaged file is a usage error, not a lost configuration", () => {
  const directory = mkdtempSync(join(tmpdir(), "bsk-config-"));
  writeFileSync(join(directory, "config.json"), '{"v":1,"settings":{"node":"http://a"');
  const store = configStore(directory);
  expect(() => store.read()).toThrow(BskError);
  expect(() => store.set("node", "http://b", null)).toThrow(BskError);
});

test("directories: --dir, then BSK_HOME, then XDG, then the home directory", () => {
  const places = (environment: Record<string, string>, dir?: string) => {
    const { config, data } = directoriesOf(environment, "/home/u", dir);
    return [config, data("regtest")];
  };
  const xdg = { XDG_CONFIG_HOME: "/c", XDG_DATA_HOME: "/d" };
  expect(places({})).toEqual(["/home/u/.config/bsk", "/home/u/.local/share/bsk/regtest"]);
  expect(places(xdg)).toEqual(["/c/bsk", "/d/bsk/regtest"]);
  expect(places({ ...xdg, BSK_HOME: "/b" })).toEqual(["/b", "/b/regtest"]);
  expect(places({ ...xdg, BSK_HOME: "/b" }, "/x")).toEqual(["/x", "/x/regtest"]);
  expect(places({ BSK_HOME: "", XDG_CONFIG_HOME: "" })).toEqual(places({}));
});

describe("a proxy", () => {
  test.each([
    ["socks5://127.0.0.1:9050", "socks5h://127.0.0.1:9050"],
    ["socks5h://tor.example:1080/", "socks5h://tor.example:1080"],
    ["socks5://user:pass@localhost:9150", "socks5h://user:pass@localhost:9150"],
  ])("%s: names are looked up there", (text, expected) => {
    expect(SETTINGS.proxy.parse(text)).toBe(expected);
  });
  test.each([
    "http://127.0.0.1:8080",
    "socks4://127.0.0.1:1080",
    "socks5://host",
    "socks5://host:0",
    "socks5://h:70000",
  ])("not %s", (text) => {
    expect(() => SETTINGS.proxy.parse(text)).toThrow(/not a proxy/u);
  });
  test("what is wrong is not repeated: it may hold a password", () => {
    expect(() => SETTINGS.proxy.parse("socks5://alice:hunter2@host")).toThrow(/^(?!.*hunter2)/u);
  });
});
