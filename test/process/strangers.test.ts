/** `--nodes` against nodes over real HTTP of which some lie, and `bsk verify` of the evidence with no node at all. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { readReplayFile } from "../../src/chain/replay-file.ts";
import { replayFile } from "../../src/fullnode/replay.ts";
import { NodeStore } from "../../src/fullnode/store/store.ts";
import { name, type Name } from "../../src/primitives/name.ts";
import { networkOf } from "../../src/protocol/network-definition.ts";
import { formatNetworkDefinition } from "../../src/protocol/network-json.ts";
import { bsk, sandbox } from "../support/bsk.ts";
import { type Handling, type HostileNode, hostileNode, omitting, turning } from "../support/hostile-node.ts";
import { elsewhere } from "../support/strangers.ts";
import { answerOf } from "../support/town.ts";
import { vectorFiles } from "../support/vector.ts";

const home = mkdtempSync(join(tmpdir(), "bsk-strangers-"));
const evidence = join(home, "asked", "evidence");
const environment = { ...sandbox(), BSK_HOME: home };
const running: HostileNode[] = [];
let store: NodeStore;
let pin: string;
/** Its last operation is not its first, and it is shown whatever its state. */
let subject: Name;

beforeAll(async () => {
  const replay = await readReplayFile(vectorFiles().find(({ name }) => name === "scenarios/wallets_kinds")!.path);
  const network = networkOf({ ...replay.network, name: "asked" });
  mkdirSync(join(home, "networks"), { recursive: true });
  writeFileSync(join(home, "networks", "asked.json"), formatNetworkDefinition(network));
  store = NodeStore.open(":memory:", network);
  for await (const { height } of replayFile({ ...replay, network }, store)) expect(height).toBeGreaterThan(0);
  const { height } = store.tip()!;
  pin = `${height}:${store.consensusHashAt(height)!}`;
  subject = store
    .rows("names")
    .map((row) => name(String(row["name"])))
    .find((each) => {
      const last = store.hashed.latestOn(each, height)!;
      return (
        !each.startsWith("-") &&
        "+>~".includes(last.text.charAt(0)) &&
        store.hashed.latestOn(each, last.height - 1) !== null
      );
    })!;
  return () => {
    store.close();
  };
});
afterEach(async () => {
  for (const node of running.splice(0)) await node.stop();
});

async function nodes(...handlings: readonly Handling[]): Promise<string[]> {
  const urls: string[] = [];
  for (const handling of handlings) {
    const node = await hostileNode(store, handling);
    running.push(node);
    urls.push(node.url);
  }
  return urls;
}

const honestly: Handling = (response, honest) => response.writeHead(200).end(honest);
const run = async (...argv: readonly string[]) =>
  answerOf(await bsk([...argv, "--network", "asked", "--json"], { environment }));
const show = (urls: readonly string[], ...more: readonly string[]) =>
  run("show", subject, "--nodes", urls.join(","), ...more);
const lastTxid = () => /[0-9a-f]{64}/u.exec(JSON.stringify(store.view.name(subject)?.txid))?.[0];

test("nodes that agree: a quorum under the pin, in one request to each", async () => {
  const urls = await nodes(honestly, honestly, honestly);
  const { code, data } = await show(urls, "--pin", pin, "--require", "quorum");
  expect(code).toBe(0);
  expect(data).toMatchObject({
    name: subject,
    level: "quorum",
    nodes: { asked: 3, answered: 3, agreeing: 3 },
    pin: { height: store.tip()!.height, source: "hand", attested: true },
    lastOperation: { txid: lastTxid() },
  });
  for (const { asked } of running) expect(asked).toEqual([`/v2/answers/${subject}?pin=${store.tip()!.height}`]);
});

test("three that leave out the latest operation and one that is honest: the right answer, and evidence against three", async () => {
  const lie = omitting(store);
  const urls = await nodes(lie, lie, lie, honestly);
  const { code, data, err } = await show(urls, "--pin", pin);
  expect(code).toBe(0);
  expect(data).toMatchObject({ lastOperation: { txid: lastTxid() }, nodes: { asked: 4, answered: 4, agreeing: 1 } });
  const files = readdirSync(evidence);
  expect(files).toHaveLength(3);
  for (const url of urls.slice(0, 3)) expect(err).toContain(`${url} answered falsely`);
  expect(err).not.toContain(`${urls[3]!} answered falsely`);

  const caught = new Set<unknown>();
  for (const file of files) {
    const path = join(evidence, file);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(err).toContain(path);
    const verified = await run("verify", path, "--pin", pin);
    expect(verified).toMatchObject({ code: 0, data: { falsehood: "omission", name: subject, shownBy: urls[3] } });
    caught.add(verified.data["caught"]);
  }
  expect(caught).toEqual(new Set(urls.slice(0, 3)));
  await show(urls, "--pin", pin);
  expect(readdirSync(evidence)).toEqual(files);

  const one = join(evidence, files[0]!);
  const changed = join(home, "changed.json");
  writeFileSync(
    changed,
    readFileSync(one, "utf8").replaceAll(/"shown": \{[^]*\n \},\n "ancestry"/gu, '"shown": null,\n "ancestry"'),
  );
  expect(await run("verify", changed, "--pin", pin)).toMatchObject({ code: 3, error: { rule: "evidence-refuted" } });
  expect(await run("verify", one)).toMatchObject({ code: 4, error: { rule: "no-pin" } });
  const { out } = await bsk(["verify", one, "--pin", pin, "--network", "asked"], { environment });
  expect(out).toContain("the word of whoever kept the file");
});

describe("each trouble has its own words and exit code", () => {
  test("one node proves the record and no more", async () => {
    const urls = await nodes(honestly);
    const { code, data } = await show(urls, "--pin", pin);
    expect(code).toBe(0);
    expect(["included", "placed"]).toContain(data["level"]);
    expect(await show(urls, "--pin", pin, "--require", "quorum")).toMatchObject({ code: 4, error: { rule: "level" } });
  });

  test("the same node twice is one", async () => {
    const [url] = await nodes(honestly);
    const { code, data, err } = await show([url!, url!.replace("127.0.0.1", "localhost")], "--pin", pin);
    expect(code).toBe(0);
    expect(data["level"]).not.toBe("quorum");
    expect(data["nodes"]).toMatchObject({ asked: 1 });
    expect(err).toContain("counts once");
  });

  test("without a pin: what two agree on is one for this answer, what one says is claimed", async () => {
    const urls = await nodes(honestly, honestly);
    expect((await show(urls)).data).toMatchObject({ level: "quorum", pin: { source: "agreeing" } });
    expect((await show(urls.slice(0, 1))).data["level"]).toBe("claimed");
  });

  test("another history: refused with 3, with evidence; a pin ahead of all: 4; nobody there: 7", async () => {
    const [height, hash] = pin.split(":") as [string, string];
    const fork = await nodes(turning(elsewhere));
    expect(await show(fork, "--pin", pin)).toMatchObject({ code: 3, error: { rule: "other-history" } });
    const ahead = await nodes(honestly);
    expect(await show(ahead, "--pin", `${Number(height) + 1}:${hash}`)).toMatchObject({
      code: 4,
      error: { rule: "pin-ahead" },
    });
    expect(await show(["http://127.0.0.1:1"], "--pin", pin)).toMatchObject({ code: 7, error: { rule: "unreachable" } });
    expect(await show(await nodes(honestly), "--pin", pin, "--offline")).toMatchObject({
      code: 2,
      error: { rule: "offline-nodes" },
    });
  });

  const page: Handling = (response) => response.writeHead(200, { "content-type": "text/html" }).end("<p>Log in");
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, " "));
  test.each<[string, Handling, number]>([
    ["a page", page, 4],
    ["a bomb", (response) => response.writeHead(200, { "content-encoding": "gzip" }).end(bomb), 4],
    ["another address", (response) => response.writeHead(302, { location: "http://127.0.0.1:1/" }).end(), 4],
    ["a server out of order", (response) => response.writeHead(500).end(), 7],
    ["a broken connection", (response) => void response.destroy(), 7],
  ])("%s: refused in our own words, and no honest node beside it is lost", async (_, handling, code) => {
    const urls = await nodes(handling);
    const alone = await show(urls, "--pin", pin);
    expect(alone).toMatchObject({ code, error: { message: expect.stringContaining(urls[0]!) as string } });
    expect(alone.err).not.toMatch(/^\s+at /mu);
    const beside = await show([...urls, ...(await nodes(honestly))], "--pin", pin);
    expect(beside).toMatchObject({ code: 0, data: { nodes: { asked: 2, answered: 1, agreeing: 1 } } });
  });

  test("a record is refused that is moved to where it was not, whatever is required", async () => {
    const other = store
      .rows("names")
      .map((row) => name(String(row["name"])))
      .find((each) => each !== subject)!;
    const swapped = turning((answer) => {
      const theirs = store.hashed.latestOn(other, store.tip()!.height)!;
      const operation = answer.operation!;
      return { ...answer, operation: { ...operation, operation: { ...operation.operation, text: theirs.text } } };
    });
    expect(await show(await nodes(swapped), "--pin", pin)).toMatchObject({
      code: 3,
      error: { rule: "answer-refuted" },
    });
  });
});
