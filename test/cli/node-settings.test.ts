/** How a node serves and logs: flag before environment before file before default. */
import { describe, expect, test } from "vitest";
import { configurationOf } from "../../src/cli/config.ts";
import { eventLog, type EventLogStyle, type LogEvent } from "../../src/cli/event-log.ts";
import { nodeDirectory, SERVING_OPTIONS, servingSettings } from "../../src/cli/node-settings.ts";
import { readParameter } from "../../src/cli/parameter.ts";
import type { Clock } from "../../src/cli/ports.ts";
import type { Terminal } from "../../src/cli/terminal.ts";

type Texts = Readonly<Record<string, string>>;

function settled(given: { readonly flags?: Texts; readonly environment?: Texts; readonly file?: Texts }) {
  const config = configurationOf({ settings: given.file ?? {}, networks: {} }, given.environment ?? {}, {});
  const values = Object.fromEntries(
    Object.entries(SERVING_OPTIONS).map(([key, parameter]) => {
      const text = given.flags?.[key];
      return [key, readParameter<unknown>(key, parameter, text === undefined ? [] : [text])];
    }),
  );
  return { config, settings: servingSettings(values as Parameters<typeof servingSettings>[0], config, 6270) };
}

describe("where a value comes from", () => {
  const file = { "api.rate": "10", "api.proxies": "10.0.0.1,::1", "log.level": "warn", host: "10.0.0.9", port: "80" };
  const environment = { BSK_API_RATE: "20", BSK_API_PROXIES: "10.0.0.2", BSK_LOG_LEVEL: "error", BSK_PORT: "81" };
  const flags = { apiRate: "30", apiProxy: "10.0.0.3", logLevel: "info", port: "0" };

  test("nowhere: the default", () => {
    expect(settled({}).settings).toEqual({
      host: "127.0.0.1",
      port: 6270,
      limits: { requestsPerSecond: 50, burst: 500, connections: 512 },
      proxies: [],
      log: { level: "info", format: "json" },
    });
  });

  test.each([
    ["the file", { file }, 10, ["10.0.0.1", "::1"], "warn", 80],
    ["the environment", { file, environment }, 20, ["10.0.0.2"], "error", 81],
    ["a flag", { file, environment, flags }, 30, ["10.0.0.3"], "info", 0],
  ])("%s", (_, given, rate, proxies, level, port) => {
    const { settings } = settled(given);
    expect(settings).toMatchObject({
      limits: { requestsPerSecond: rate },
      proxies,
      log: { level },
      host: "10.0.0.9",
      port,
    });
  });

  test("the directory of the index", () => {
    const { config } = settled({});
    expect(nodeDirectory(config, "/data/acme")).toBe("/data/acme/node");
    const set = settled({ file: { "node.directory": "/fast" } }).config;
    expect(nodeDirectory(set, "/data/acme")).toBe("/fast");
    expect(nodeDirectory(set, "/data/acme", "/flag")).toBe("/flag");
  });

  test.each([
    ["apiRate", "0"],
    ["apiBurst", "19"],
    ["apiProxy", "proxy.example"],
    ["logLevel", "loud"],
    ["logFormat", "xml"],
    ["port", "65536"],
  ])("--%s %s is refused as usage", (flag, text) => {
    expect(() => settled({ flags: { [flag]: text } })).toThrow(expect.objectContaining({ kind: "usage" }));
  });

  test("a setting that is not valid is refused as usage, with its origin", () => {
    const wrong = { environment: { BSK_API_PROXIES: "10.0.0.1,nobody" } };
    expect(() => settled(wrong)).toThrow(/api\.proxies \(BSK_API_PROXIES\): not an IP address: "nobody"/u);
  });
});

describe("the log", () => {
  function logged(style: EventLogStyle | undefined, ...events: readonly LogEvent[]): string[] {
    const lines: string[] = [];
    const terminal = { note: (line: string) => lines.push(line), warn: (line: string) => lines.push(`! ${line}`) };
    const clock = { now: () => new Date("2026-01-02T03:04:05Z") };
    const log = eventLog(terminal as unknown as Terminal, clock as Clock, style);
    events.forEach(log);
    return lines;
  }
  const info: LogEvent = { level: "info", event: "indexed", fields: { height: 7 } };
  const warn: LogEvent = { level: "warn", event: "source-trouble", fields: { error: 'no "answer"\n', attempt: 1 } };
  const error: LogEvent = { level: "error", event: "request-failed", fields: { url: "/v1/ping", error: "" } };

  test("as JSON, one object on a line", () => {
    const lines = logged(undefined, info, warn);
    expect(lines).toHaveLength(2);
    expect(JSON.parse(lines[0]!)).toEqual({
      time: "2026-01-02T03:04:05.000Z",
      level: "info",
      event: "indexed",
      height: 7,
    });
    expect(JSON.parse(lines[1]!.slice(2))).toMatchObject({ level: "warn", error: 'no "answer"\n' });
  });

  test("as text, still one line, with quotes where a reader would lose his way", () => {
    expect(logged({ level: "info", format: "text" }, info, warn, error)).toEqual([
      "2026-01-02T03:04:05.000Z info indexed height=7",
      String.raw`! 2026-01-02T03:04:05.000Z warn source-trouble error="no \"answer\"\n" attempt=1`,
      '! 2026-01-02T03:04:05.000Z error request-failed url=/v1/ping error=""',
    ]);
  });

  test("only from a level on", () => {
    const events = (level: EventLogStyle["level"]) => logged({ level, format: "text" }, info, warn, error).length;
    expect([events("info"), events("warn"), events("error")]).toEqual([3, 2, 1]);
  });
});
