/** Pins out of a real Bitcoin chain: `bsk pin attest` and `bsk pin from-transaction` on a devnet, with a full node on it. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { type Home, useTown } from "../support/town.ts";

const town = useTown();
let home: Home;
const txids: string[] = [];
const LITTLE = ["--least-count", "2", "--least-senders", "1", "--least-burn", "1"];
const hashAt = (height: number) => String(town().node.store.consensusHashAt(height));

beforeAll(async () => {
  home = await town().rich();
  for (const argv of [["preorder"], ["reveal", "--buckets", "1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1"], ["ready"]]) {
    const [step = "", ...options] = argv;
    const { code, err } = await home.run(["namespace", step, "pinned", ...options, "--yes"]);
    expect({ code, err }).toMatchObject({ code: 0 });
  }
  for (const name of ["anna.pinned", "bert.pinned"]) {
    const { code, err } = await home.run(["register", name, "--yes"]);
    expect({ code, err }).toMatchObject({ code: 0 });
  }
  // An update does not say its height.
  const zonefile = join(home.directory, "anna.txt");
  writeFileSync(zonefile, "$ORIGIN anna.pinned\n$TTL 3600\n");
  expect(await home.run(["update", "anna.pinned", "--zonefile", zonefile, "--yes"])).toMatchObject({ code: 0 });
  const { store } = town().node;
  for (const row of store.rows("operations")) {
    if (row["opcode"] === "NAME_PREORDER") txids.push(String(row["txid"]));
  }
  expect(txids).toHaveLength(2);
  for (let i = 0; i < 4; i++) await town().mine();
}, 180_000);

describe("bsk pin attest", () => {
  test("the history that those saw who paid for names", async () => {
    const user = town().home();
    const { code, data, err } = await user.run(["pin", "attest", ...LITTLE]);
    expect({ code, err }).toMatchObject({ code: 0 });
    expect(data).toMatchObject({ source: "chain", attested: true });
    expect(data["consensusHash"]).toBe(hashAt(Number(data["height"])));
    const [history] = data["histories"] as { tally: { matching: { operations: number; burnt: number } } }[];
    expect(history!.tally.matching.operations).toBeGreaterThanOrEqual(2);
    expect(history!.tally.matching.burnt).toBeGreaterThan(0);
    const { data: listed } = await user.run(["pin", "list"]);
    expect(listed["pins"]).toMatchObject([{ source: { kind: "chain", evidence: { by: "tally" } }, current: true }]);
    const again = await user.run([
      "pin",
      "attest",
      `${String(data["height"])}:${String(data["consensusHash"])}`,
      ...LITTLE,
    ]);
    expect(again).toMatchObject({ code: 0, data: { height: data["height"] } });
  });

  test("too little speaks for any pin: exit 4, with the numbers, nothing stored", async () => {
    const user = town().home();
    const { code, error } = await user.run(["pin", "attest", "--least-count", "1000"]);
    expect({ code, error }).toMatchObject({ code: 4, error: { rule: "pin-not-attested" } });
    expect(error.message).toMatch(/[0-9]+ of [0-9]+ senders that burnt [0-9]+ sat/u);
    expect((await user.run(["pin", "list"])).data["pins"]).toEqual([]);
  });

  test("a pair of another history: exit 3", async () => {
    const user = town().home();
    const height = (await user.run(["pin", "attest", ...LITTLE])).data["height"] as number;
    await user.run(["pin", "remove", String(height)]);
    const lie = await user.run(["pin", "attest", `${height}:${"0".repeat(32)}`, ...LITTLE]);
    expect(lie).toMatchObject({ code: 3, error: { rule: "pin-contradicted-by-chain" } });
  });
});

describe("bsk pin from-transaction", () => {
  test("by its id: the hash that the preorder carries, whose acceptance a later pin proves", async () => {
    const user = town().home();
    const alone = await user.run(["pin", "from-transaction", txids[0]!]);
    expect(alone).toMatchObject({ code: 0, data: { source: "chain", acceptedUnder: null } });
    expect(alone.data["consensusHash"]).toBe(hashAt(Number(alone.data["height"])));
    const later = await user.run(["pin", "from-node"]);
    expect(later).toMatchObject({ code: 0, data: { source: "own-node" } });
    const { height, index } = alone.data["transaction"] as { height: number; index: number };
    const bySerial = await user.run(["pin", "from-transaction", `${height}-${index}`]);
    expect(bySerial).toMatchObject({
      code: 0,
      data: { height: alone.data["height"], acceptedUnder: later.data["height"], transaction: { txid: txids[0] } },
    });
  });

  test("what is no anchor: no such transaction, the coinbase, nonsense", async () => {
    const user = town().home();
    const unknown = await user.run(["pin", "from-transaction", "00".repeat(32)]);
    expect(unknown).toMatchObject({ code: 2, error: { rule: "transaction-not-found" } });
    const { height } = town().node.store.tip()!;
    const coinbase = await user.run(["pin", "from-transaction", `${height}-0`]);
    expect(coinbase).toMatchObject({ code: 2, error: { rule: "no-embedded-hash" } });
    expect((await user.run(["pin", "from-transaction", "alice.test"])).code).toBe(2);
  });

  test("a pin held that nothing shows to be of the same history: exit 4, nothing stored", async () => {
    const user = town().home();
    const { height } = town().node.store.tip()!;
    await user.run(["pin", "set", `${height}:${"0".repeat(32)}`]);
    const refused = await user.run(["pin", "from-transaction", txids[0]!]);
    expect(refused).toMatchObject({ code: 4, error: { rule: "pin-unreachable" } });
    expect((await user.run(["pin", "list"])).data["pins"]).toHaveLength(1);
  });
});

describe("headers", () => {
  test("are kept by light headers, place a proof by themselves, and catch one that is moved", async () => {
    const user = town().home();
    await user.run(["pin", "from-node"]);
    const proof = join(user.directory, "proof");
    const proven = await user.run(["prove", "anna.pinned", "--level", "included", "--inclusion", "-o", proof]);
    expect(proven).toMatchObject({ code: 0, data: { level: "placed" } });
    const { height } = proven.data as { height: number };
    expect(await user.run(["verify", proof])).toMatchObject({ code: 0, data: { level: "included", height: null } });
    const file = join(user.directory, "headers.bin");
    const kept = await user.run(["light", "headers", "-o", file]);
    expect(kept).toMatchObject({ code: 0, data: { first: 0, height: town().node.store.tip()!.height } });
    expect(await user.run(["verify", proof])).toMatchObject({ code: 0, data: { level: "placed", height } });
    await town().mine();
    expect(await user.run(["light", "headers"])).toMatchObject({ code: 0, data: { added: 1 } });

    const reader = town().home({ BSK_NODE: "http://127.0.0.1:1", BSK_BITCOIND_URL: "http://127.0.0.1:1" });
    const { pin } = proven.data as { pin: { height: number; consensusHash: string } };
    const check = (...argv: readonly string[]) =>
      reader.run(["verify", proof, "--pin", `${pin.height}:${pin.consensusHash}`, ...argv]);
    expect(await check()).toMatchObject({ code: 0, data: { level: "included" } });
    expect(await check("--headers", file, "--require", "placed")).toMatchObject({ code: 0, data: { level: "placed" } });
    const bytes = readFileSync(file);
    bytes[bytes.length - 200] = (bytes[bytes.length - 200] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    expect(await check("--headers", file)).toMatchObject({ code: 3, error: { kind: "refuted" } });
    writeFileSync(file, "no headers");
    expect(await check("--headers", file)).toMatchObject({ code: 3, error: { rule: "not-headers" } });
    expect((await check("--headers", join(user.directory, "nowhere"))).code).toBe(2);
    const usage = await user.run(["prove", "anna.pinned", "--level", "complete", "--inclusion"]);
    expect(usage.code).toBe(2);
  });
});
