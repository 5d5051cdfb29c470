/** Pins out of a real Bitcoin chain: `bsk pin attest` and `bsk pin from-transaction` on a devnet, with a full node on it. */
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
