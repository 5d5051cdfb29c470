/** From a zone file in an editor to a subdomain that resolves: real processes, a real chain, a node that lost its files. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningNode, startNode } from "../../src/fullnode/node.ts";
import { openSqlite } from "../../src/database/sqlite.ts";
import { name } from "../../src/primitives/name.ts";
import { OWNER, REGTEST } from "../support/fake-node.ts";
import { runToEnd, BIN } from "../support/bsk.ts";
import { type Home, useTown } from "../support/town.ts";

const town = useTown();
const NAME = "alice.village";
const SUBDOMAIN = `bob.${NAME}`;
const directory = mkdtempSync(join(tmpdir(), "bsk-zonefile-node-"));
let home: Home;
let file: string;
/** On the same chain, without a zone file. */
let empty: RunningNode;

beforeAll(async () => {
  home = await town().rich();
  file = join(home.directory, "alice.txt");
  const buckets = Array<number>(16).fill(1).join(",");
  for (const argv of [["preorder"], ["reveal", "--buckets", buckets], ["ready"]]) {
    const [step = "", ...options] = argv;
    expect(await home.run(["namespace", step, "village", ...options, "--yes"])).toMatchObject({ code: 0 });
  }
  expect(await home.run(["register", NAME, "--yes"])).toMatchObject({ code: 0 });
  empty = await startNode({
    network: REGTEST,
    directory,
    source: town().devnet.blocks,
    host: "127.0.0.1",
    port: 0,
    version: "0.0.0",
    log: () => undefined,
    progress: () => undefined,
    now: () => Date.now(),
    pollMs: 100,
  });
}, 180_000);

afterAll(async () => {
  await empty.stop();
  rmSync(directory, { recursive: true });
});

test("made, checked, refused before it is announced, announced, and then everywhere", async () => {
  const carried = Buffer.from("$ORIGIN bob\n$TTL 3600\n").toString("base64").replaceAll("=", "\\=");
  const record = `bob TXT "owner=${OWNER}" "seqn=0" "parts=1" "zf0=${carried}"`;
  const made = await home.run([
    "zonefile", "make", NAME, "--profile", "https://gaia.example/p.json", "--record", record, "-o", file,
  ]); // prettier-ignore
  expect(made).toMatchObject({ code: 0, data: { records: [{ type: "URI" }, { type: "TXT", name: "bob" }] } });
  expect(await home.run(["zonefile", "check", file, "--for", NAME])).toMatchObject({ code: 0, data: { advice: [] } });
  const early = await home.run(["zonefile", "publish", file]);
  expect(early).toMatchObject({ code: 5, error: { rule: "zonefile-not-announced" } });
  expect(await home.run(["zonefile", "check", file, "--name", NAME])).toMatchObject({ code: 3 });

  expect(await home.run(["update", NAME, "--zonefile", file, "--yes"])).toMatchObject({ code: 0 });
  const { zonefileHash } = made.data;
  expect(await home.run(["zonefile", "check", file, "--name", NAME])).toMatchObject({ code: 0 });
  expect(await home.run(["zonefile", "show", NAME])).toMatchObject({ code: 0, data: { zonefileHash } });
  const texts = await home.run(["resolve", NAME, "--type", "txt"]);
  expect(texts).toMatchObject({ code: 0, data: { records: [{ name: "bob" }] } });
  const raw = await runToEnd(
    process.execPath,
    [BIN, "resolve", NAME, "--raw", "--network", "regtest"],
    home.environment,
  );
  expect(raw).toMatchObject({ code: 0, out: `${readFileSync(file, "utf8").trimEnd()}\n` });

  // The same file again is nothing to do.
  const operations = (await town().operations()).length;
  const again = await home.run(["update", NAME, "--zonefile", file, "--yes"]);
  expect(again).toMatchObject({ code: 0, data: { transactions: [] } });
  expect(await town().operations()).toHaveLength(operations);
}, 120_000);

test("the subdomain resolves, at any node that has the file", async () => {
  expect(await home.run(["resolve", SUBDOMAIN])).toMatchObject({
    code: 0,
    data: {
      address: OWNER,
      zonefile: "$ORIGIN bob\n$TTL 3600\n",
      subdomain: { domain: NAME, sequence: 0, pending: false },
      level: "indexed",
    },
  });
  expect(await home.run(["resolve", `nobody.${NAME}`])).toMatchObject({ code: 5 });

  await empty.waitForHeight(town().node.store.tip()!.height);
  const elsewhere = { BSK_NODE: empty.url };
  const { valueHash } = empty.store.view.name(name(NAME))!;
  const held = async () => (await fetch(`${empty.url}/v1/zonefiles/${valueHash!}`)).status;
  expect(await held()).toBe(404);
  expect(await home.run(["resolve", SUBDOMAIN], elsewhere)).toMatchObject({ code: 5 });
  expect(await home.run(["zonefile", "publish", file, "--wait"], elsewhere)).toMatchObject({
    code: 0,
    data: { nodes: [{ node: empty.url, kept: true }] },
  });
  expect(await held()).toBe(200);
  expect(await home.run(["resolve", SUBDOMAIN], elsewhere)).toMatchObject({ code: 0, data: { address: OWNER } });
}, 120_000);

test("fsck passes the index with its subdomains, and finds and repairs one that was changed", async () => {
  await empty.stop();
  const fsck = (...more: readonly string[]) =>
    runToEnd(process.execPath, [BIN, "node", "fsck", "--network", "regtest", ...more], {
      ...home.environment,
      BSK_NODE_DIRECTORY: directory,
    });
  expect(await fsck()).toMatchObject({ code: 0 });
  const database = openSqlite(join(directory, "node.db"));
  database.exec("UPDATE subdomains SET owner = 'somebody else'");
  database.close();
  const found = await fsck();
  expect(found.code).toBe(3);
  expect(found.err).toContain(`subdomains "${SUBDOMAIN}"`);
  expect(await fsck("--repair")).toMatchObject({ code: 0 });
  expect(await fsck()).toMatchObject({ code: 0 });
}, 60_000);
