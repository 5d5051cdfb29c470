/** What the zonefile commands print and refuse, without a node or with one that answers from a table. */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { resolveCommand } from "../../src/commands/resolve.ts";
import { zonefileCheckCommand } from "../../src/commands/zonefile/check.ts";
import { zonefileMakeCommand } from "../../src/commands/zonefile/make.ts";
import { zonefilePublishCommand } from "../../src/commands/zonefile/publish.ts";
import { zonefileShowCommand } from "../../src/commands/zonefile/show.ts";
import { BskError } from "../../src/errors.ts";
import type { NodeClient } from "../../src/lightnode/node-client.ts";
import { fromUtf8 } from "../../src/primitives/bytes.ts";
import { hash160 } from "../../src/primitives/digest.ts";
import { zonefileHash } from "../../src/primitives/hash.ts";
import { aName, fakeNode } from "../support/fake-node.ts";
import { run } from "../support/world.ts";

const TEXT = '$ORIGIN alice.test\n$TTL 3600\n_http._tcp\tIN\tURI\t10\t1\t"https://x.example/p.json"\n\n';
const HASH = zonefileHash.of(hash160(fromUtf8(TEXT)));
const COMMANDS = [zonefileMakeCommand, zonefileShowCommand, zonefileCheckCommand, zonefilePublishCommand];

const ask = (argv: readonly string[], node: NodeClient = fakeNode({})) =>
  run(COMMANDS, ["zonefile", ...argv, "--network", "regtest"], { node });

function fileOf(text: string | Uint8Array): string {
  const file = join(mkdtempSync(join(tmpdir(), "bsk-zonefile-")), "zone.txt");
  writeFileSync(file, text);
  return file;
}

const withZonefile = (bytes: Uint8Array) =>
  fakeNode({
    record: () => Promise.resolve(aName("alice.test", { zonefileHash: zonefileHash.of(hash160(bytes)) })),
    zonefile: () => Promise.resolve(bytes),
  });

describe("make", () => {
  test("a profile alone is the file of the original's tools", async () => {
    const { code, out } = await ask(["make", "alice.test", "--profile", "https://x.example/p.json"]);
    expect({ code, out }).toEqual({ code: 0, out: `${TEXT.trimEnd()}\n` });
  });

  test("written to a file, which is not overwritten", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "bsk-zonefile-")), "a.txt");
    const argv = ["make", "alice.test", "--profile", "https://x.example/p.json", "-o", file];
    expect(await ask(argv)).toMatchObject({ code: 0 });
    expect(readFileSync(file, "utf8")).toBe(TEXT);
    expect(await ask(argv)).toMatchObject({ code: 2 });
    expect(await ask([...argv, "--overwrite"])).toMatchObject({ code: 0 });
  });

  test("records of any type, the profile first", async () => {
    const records = ["www 300 IN A 192.0.2.1", '@ TXT "a;b" "c"', "@ TYPE731 \\# 1 ab"];
    const argv = [
      ...records.flatMap((record) => ["--record", record]),
      "--profile",
      "https://x.example/p",
      "--ttl",
      "60",
    ];
    const { code, out } = await ask(["make", "alice.test", ...argv]);
    expect({ code, out }).toEqual({
      code: 0,
      out: '$ORIGIN alice.test\n$TTL 60\n_http._tcp\tIN\tURI\t10\t1\t"https://x.example/p"\nwww\t300\tIN\tA\t192.0.2.1\n@\tIN\tTXT\t"a\\;b" "c"\n@\tIN\tTYPE731\t\\# 1 AB\n',
    });
  });

  test.each([
    [["make", "alice.test"], "nothing to put"],
    [["make", "alice.test", "--record", "www A 1.2.3"], "IPv4"],
    [["make", "alice.test", "--record", "$TTL 5"], "not one record"],
    [["make", "alice.test", "--profile", "ftp://x"], "not a URL"],
    [
      ["make", "alice.test", "--record", `a TXT ${"x".repeat(20_000)}`, "--record", `b TXT ${"x".repeat(20_950)}`],
      "at most 40960",
    ],
  ])("%j is refused", async (argv, because) => {
    const { code, err } = await ask(argv);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(because) as string });
  });
});

describe("show", () => {
  test("of a name: fetched, checked, its records", async () => {
    const { code, out } = await ask(["show", "alice.test", "--json"], withZonefile(fromUtf8(TEXT)));
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      data: {
        name: "alice.test",
        zonefileHash: HASH,
        level: "indexed",
        records: [
          {
            name: "_http._tcp",
            type: "URI",
            target: "https://x.example/p.json",
            text: '10 1 "https://x.example/p.json"',
          },
        ],
      },
    });
  });

  test("of a file, as a table", async () => {
    const { code, out } = await ask(["show", "--file", fileOf(`${TEXT}t TXT "é" b\n`)]);
    expect(code).toBe(0);
    expect(out).toMatch(
      /_http\._tcp +3600 +URI +10 1 "https:\/\/x\.example\/p\.json"\nt +3600 +TXT +"\\195\\169" "b"/u,
    );
  });

  test("what a name carries and is no zone file is shown as such", async () => {
    const { code, out } = await ask(["show", "alice.test"], withZonefile(fromUtf8('{"not": "a zone file"}')));
    expect(code).toBe(0);
    expect(out).toContain("not a zone file: line 1, column");
  });

  test("one that does not have the name's hash is not shown", async () => {
    const node = fakeNode({
      record: () => Promise.resolve(aName("alice.test", { zonefileHash: HASH })),
      zonefile: () => Promise.reject(new BskError("refuted", "another file")),
    });
    expect(await ask(["show", "alice.test"], node)).toMatchObject({ code: 3 });
  });

  test.each([[["show"]], [["show", "alice.test", "--file", "x"]]])("%j is a wrong command line", async (argv) => {
    expect(await ask(argv)).toMatchObject({ code: 2 });
  });
});

describe("check", () => {
  test("a good file has nothing said of it", async () => {
    const { code, out } = await ask(["check", fileOf(TEXT), "--for", "alice.test", "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ data: { zonefileHash: HASH, records: 1, advice: [], announced: null } });
  });

  test("a mistake has its place, and exit code 2", async () => {
    const { code, err } = await ask(["check", fileOf(`${TEXT}www A 192.0.2.256\n`)]);
    expect(code).toBe(2);
    expect(err).toContain("line 5, column 7");
  });

  test("another name's origin is told", async () => {
    const { code, out } = await ask(["check", fileOf(TEXT), "--for", "bob.test"]);
    expect(code).toBe(0);
    expect(out).toContain('$ORIGIN "alice.test", which is not "bob.test"');
  });

  test("against the chain: the same hash, another one, no name", async () => {
    const file = fileOf(TEXT);
    expect(await ask(["check", file, "--name", "alice.test"], withZonefile(fromUtf8(TEXT)))).toMatchObject({ code: 0 });
    const other = await ask(["check", file, "--name", "alice.test"], withZonefile(fromUtf8(`${TEXT} `)));
    expect(other.code).toBe(3);
    expect(other.err).toContain(`bsk update alice.test --zonefile ${file}`);
    const nobody = fakeNode({ record: () => Promise.resolve(null) });
    expect(await ask(["check", file, "--name", "alice.test"], nobody)).toMatchObject({ code: 5 });
  });
});

describe("publish", () => {
  const unannounced = () => Promise.reject(new BskError("rejected", "no", { rule: "zonefile-not-announced" }));

  test("what the chain has not announced is explained", async () => {
    const { code, err } = await ask(["publish", fileOf(TEXT)], fakeNode({ putZonefile: unannounced }));
    expect(code).toBe(5);
    expect(err).toContain("bsk update NAME --zonefile");
  });

  test("with --wait it is tried until it is kept", async () => {
    let tries = 0;
    const putZonefile = () => (++tries < 3 ? unannounced() : Promise.resolve());
    const { code, out } = await ask(["publish", fileOf(TEXT), "--wait", "--json"], fakeNode({ putZonefile }));
    expect({ code, tries }).toEqual({ code: 0, tries: 3 });
    expect(JSON.parse(out)).toMatchObject({ data: { zonefileHash: HASH, nodes: [{ kept: true, because: null }] } });
  });

  test("what never passes is not waited for", async () => {
    const putZonefile = () => Promise.reject(new BskError("usage", "too large"));
    expect(await ask(["publish", fileOf(TEXT), "--wait"], fakeNode({ putZonefile }))).toMatchObject({ code: 2 });
  });
});

describe("resolve", () => {
  const text = `${TEXT.trimEnd()}\nt TXT "x" y\n`;
  const ask = (argv: readonly string[], bytes = fromUtf8(text)) =>
    run([resolveCommand], ["resolve", "alice.test", ...argv, "--network", "regtest"], { node: withZonefile(bytes) });

  test("--type: the records of that type alone, in either case", async () => {
    const { code, out } = await ask(["--type", "txt", "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ data: { type: "TXT", records: [{ name: "t", strings: ["x", "y"] }] } });
    expect((await ask(["--type", "MX"])).out).toContain("no MX records");
  });

  test("--raw: the zone file and nothing else", async () => {
    expect(await ask(["--raw"])).toMatchObject({ code: 0, out: `${text.trimEnd()}\n` });
  });

  test("what is no zone file has no records, and is shown with --raw", async () => {
    const json = fromUtf8('{"v": 1}');
    expect((await ask(["--type", "TXT"], json)).code).toBe(4);
    expect(await ask(["--raw"], json)).toMatchObject({ code: 0, out: '{"v": 1}\n' });
  });

  test.each([[["--raw", "--type", "A"]], [["--type", "a b"]]])("%j is a wrong command line", async (argv) => {
    expect((await ask(argv)).code).toBe(2);
  });
});
