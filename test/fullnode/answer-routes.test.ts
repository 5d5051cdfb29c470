/** The answers of a node that indexed a chain, checked as a client with nothing but a pin checks them. */
import { beforeAll, describe, expect, test } from "vitest";
import { readReplayFile } from "../../src/chain/replay-file.ts";
import { replayFile } from "../../src/fullnode/replay.ts";
import { NodeStore } from "../../src/fullnode/store/store.ts";
import { txid } from "../../src/primitives/hash.ts";
import { type Name, name } from "../../src/primitives/name.ts";
import { type PlacedOperation, verifyAncestry } from "../../src/verify/ancestry.ts";
import { checkAnswer, type NameAnswer } from "../../src/verify/answer.ts";
import { readAncestry, readAnswer } from "../../src/verify/answer-file.ts";
import { type Get, getFrom } from "../support/api-node.ts";
import { vectorFiles } from "../support/vector.ts";

let store: NodeStore;
let get: Get;
let names: readonly Name[];

beforeAll(async () => {
  const file = await readReplayFile(vectorFiles().find((each) => each.name === "fuzz/fuzz_e3")!.path);
  store = NodeStore.open(":memory:", file.network);
  for await (const _ of replayFile(file, store));
  get = getFrom(store);
  names = store.rows("names").map((row) => name(String(row["name"])));
  return () => {
    store.close();
  };
});

const textOf = (url: string): string => {
  const { status, body } = get(url);
  expect({ url, status }).toEqual({ url, status: 200 });
  return new TextDecoder().decode(body as Uint8Array);
};
const answerTo = (of: Name, pin?: number): NameAnswer =>
  readAnswer(textOf(`/v2/answers/${of}${pin === undefined ? "" : `?pin=${pin}`}`));

function proven(of: Name, height: number): PlacedOperation | null {
  const { firstBlock, id: network } = store.network;
  const pin = { height: store.queries.block(height)!.height, consensusHash: store.consensusHashAt(height)! };
  const checked = checkAnswer(answerTo(of, height), { name: of, pin, network, firstBlock });
  if (checked.kind !== "answered") throw new Error(JSON.stringify(checked));
  return checked.operation;
}

test("every name, from the last block and from every tenth before it", () => {
  const tip = store.tip()!.height;
  let found = 0;
  for (const [i, of] of names.entries()) {
    expect(answerTo(of)).toEqual(answerTo(of, tip));
    for (let height = tip - (i % 10); height >= store.network.firstBlock; height -= 10) {
      const operation = proven(of, height);
      expect(operation?.text ?? null).toBe(store.hashed.latestOn(of, height)?.text ?? null);
      const last = store.hashed.latestOn(of, tip)!.height;
      expect(answerTo(of, height).later).toBe(last > height ? last : null);
      if (operation !== null) found++;
    }
  }
  expect(found).toBeGreaterThan(100);
});

test("a name that never was, blocks that are not indexed, and what is no name", () => {
  const tip = store.tip()!.height;
  expect(answerTo(name("nobody.nowhere"))).toMatchObject({ operation: null, namespace: null, later: null });
  expect(answerTo(names[0]!, tip + 1)).toMatchObject({ upTo: null, operation: null, tip: { height: tip } });
  expect(get(`/v2/answers/${names[0]!}?pin=${store.network.firstBlock - 1}`).status).toBe(404);
  expect(get("/v2/answers/NO").status).toBe(400);
  const empty = NodeStore.open(":memory:", store.network);
  expect(getFrom(empty)(`/v2/answers/${names[0]!}`).status).toBe(503);
  empty.close();
});

describe("ancestry", () => {
  test("orders the operations on a name, whoever labels them", () => {
    const tip = store.tip()!.height;
    let ordered = 0;
    for (const of of names) {
      const later = proven(of, tip)!;
      const before = store.hashed.latestOn(of, later.block.label - 1);
      if (before === null) continue;
      const earlier = proven(of, later.block.label - 1)!;
      const url = `/v2/ancestry/${later.record.txid}/${earlier.record.txid}`;
      const proof = readAncestry(textOf(url));
      const { firstBlock, id: network } = store.network;
      expect(verifyAncestry(proof, { later, earlier }, { firstBlock, network }).kind).toBe("proven");
      expect(get(`/v2/ancestry/${earlier.record.txid}/${later.record.txid}`).status).toBe(404);
      ordered++;
    }
    expect(ordered).toBeGreaterThan(5);
  });

  test("of a transaction that is no accepted operation there is none", () => {
    const known = proven(names[0]!, store.tip()!.height)!.record.txid;
    for (const [later, earlier] of [
      [known, txid("00".repeat(32))],
      [txid("00".repeat(32)), known],
      [known, known],
    ]) {
      expect(get(`/v2/ancestry/${later!}/${earlier!}`).status).toBe(404);
    }
    expect(get(`/v2/ancestry/${known}/nothing`).status).toBe(400);
  });
});
