/** The state that a wallet asks the rules with: what the node sends is what the rules would read. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readReplayFile } from "../../src/chain/replay-file.ts";
import { replayFile } from "../../src/fullnode/replay.ts";
import { NodeStore } from "../../src/fullnode/store/store.ts";
import { blockHash, consensusHash, opsHash, type PreorderHash } from "../../src/primitives/hash.ts";
import { name, namespaceId, nameHashOf } from "../../src/primitives/name.ts";
import { STACKS } from "../../src/primitives/token-amount.ts";
import { networkOf } from "../../src/protocol/network-definition.ts";
import { type Question, takeSnapshot } from "../../src/rules/snapshot.ts";
import { parseSnapshot } from "../../src/rules/snapshot-codec.ts";
import { type Get, getFrom } from "../support/api-node.ts";
import { vectorFiles } from "../support/vector.ts";

let store: NodeStore;
let get: Get;

beforeAll(async () => {
  const file = await readReplayFile(vectorFiles().find(({ name }) => name === "fuzz/fuzz_e2")!.path);
  store = NodeStore.open(":memory:", file.network);
  for await (const _ of replayFile(file, store));
  get = getFrom(store);
});
afterAll(() => {
  store.close();
});

function ask(question: Question): string {
  const lists = Object.entries(question) as [string, readonly string[]][];
  return `/v2/preflight?${lists.map(([key, values]) => `${key}=${values.join(",")}`).join("&")}`;
}

const OWNER = "mfWxJ45yp2SFn7UciZyNpvDKrzbhyfKrY8";
/** An empty block, whatever it hashes to. */
const BLOCK = {
  hash: blockHash("00".repeat(32)),
  previousHash: blockHash("00".repeat(32)),
  time: 0,
  opsHash: opsHash("00".repeat(32)),
  consensusHash: consensusHash("00".repeat(16)),
  accepted: [],
  rejected: [],
  changes: { names: [], namespaces: [], openedPreorders: [], consumedPreorders: [], importKeys: [] },
};

const NOTHING: Question = { names: [], namespaces: [], preorderHashes: [], owners: [], nameHashes: [] };

describe("the answer is the snapshot, and the wallet's codec takes it", () => {
  test("asked for everything there is, and for what is not there", () => {
    const names = [...store.queries.allNames({ offset: 0, count: 20 }).map(name), name("nobody.nowhere")];
    const records = names.flatMap((each) => store.view.name(each) ?? []);
    const preorders = store.rows("preorders").map((row) => row["preorder_hash"] as PreorderHash);
    const question: Question = {
      names,
      namespaces: [
        ...store.rows("namespaces").map((row) => namespaceId(String(row["namespace_id"]))),
        namespaceId("nowhere"),
      ],
      preorderHashes: [...new Set(preorders)].slice(0, 100),
      owners: [...new Set(records.map(({ sender }) => sender))],
      nameHashes: names.map(nameHashOf),
    };
    const { height } = store.tip()!;
    const expected = takeSnapshot(store.view, height, question, store.network);
    expect(expected.names.length).toBeGreaterThan(0);
    expect(expected.namespaces.length).toBeGreaterThan(0);
    expect(expected.preorders.length).toBeGreaterThan(0);
    expect(expected.importKeys.length).toBeGreaterThan(0);

    const { status, body, headers } = get(ask(question));
    expect(status).toBe(200);
    expect(headers?.["etag"]).toBe(`"${store.queries.tip()?.consensusHash}"`);
    const received: unknown = JSON.parse(JSON.stringify(body));
    expect(received).toEqual(JSON.parse(JSON.stringify(expected)));
    expect(parseSnapshot(received, store.network)).toEqual(expected);
  });

  test("asked for nothing: the consensus hashes", () => {
    const expected = takeSnapshot(store.view, store.tip()!.height, NOTHING, store.network);
    expect(expected.consensusHashes.length).toBeGreaterThan(1);
    expect(get("/v2/preflight").body).toEqual(expected);
    expect(get(ask(NOTHING)).body).toEqual(expected);
  });
});

describe("refused", () => {
  const many = (count: number) => Array.from({ length: count }, (_, i) => `n${i}.test`).join(",");

  test("too many keys: 400", () => {
    expect(get(`/v2/preflight?names=${many(256)}`).status).toBe(200);
    expect(get(`/v2/preflight?names=${many(257)}`)).toEqual({
      status: 400,
      body: { error: "Invalid names=", field: "names" },
    });
  });

  test.each([
    "names=UPPER.test",
    "names=a.test,",
    "names=,",
    "namespaces=with.dot",
    "preorderHashes=00",
    "owners=xyz",
    "owners=0",
    `owners=${"00".repeat(101)}`,
    `nameHashes=${"AB".repeat(16)}`,
    "names=a.test&names=b.test",
  ])("%s: 400", (query) => {
    expect(get(`/v2/preflight?${query}`).status).toBe(400);
  });

  test("before the first block there is nothing to judge by: 503", () => {
    const empty = NodeStore.open(":memory:", store.network);
    expect(getFrom(empty)("/v2/preflight").status).toBe(503);
    empty.close();
  });
});

describe("accounts of tokens", () => {
  const of = (holder: string) => `/v2/preflight?accounts=STACKS:${holder}`;

  test("are in the answer where they are asked for", async () => {
    const file = await readReplayFile(vectorFiles().find(({ name }) => name === "fuzz/fuzz_e4")!.path);
    const tokens = NodeStore.open(":memory:", file.network, file.allocation);
    for await (const _ of replayFile(file, tokens));
    const { height } = tokens.tip()!;
    const [row] = tokens.rows("accounts");
    const accounts = [
      { address: String(row?.["address"]), type: STACKS },
      { address: file.network.burnAddress, type: STACKS },
    ];
    const expected = takeSnapshot(tokens.view, height, { ...NOTHING, accounts }, file.network);
    expect(expected.accounts).toHaveLength(1);
    const { status, body } = getFrom(tokens)(`${of(accounts[0]!.address)},STACKS:${file.network.burnAddress}`);
    expect(status).toBe(200);
    expect(parseSnapshot(JSON.parse(JSON.stringify(body)), file.network)).toEqual(expected);
    tokens.close();
  });

  test("are refused where they are no accounts, or nobody knows them", () => {
    for (const wrong of [of("x"), `${of(OWNER)}:more`, "/v2/preflight?accounts=STACKS"]) {
      expect(get(wrong)).toMatchObject({ status: 400, body: { field: "accounts" } });
    }
    const network = networkOf({ ...store.network, allocation: "allocation.json" });
    const without = NodeStore.open(":memory:", network);
    without.append({ ...BLOCK, height: network.firstBlock as never });
    expect(getFrom(without)(of(OWNER)).status).toBe(404);
    without.close();
  });
});
