/** Handing zone files in: only what the chain announced is kept, and a client is told when it was not. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readReplayFile } from "../../src/chain/replay-file.ts";
import { replayFile } from "../../src/fullnode/replay.ts";
import { NodeStore } from "../../src/fullnode/store/store.ts";
import { MAX_ZONEFILE_BYTES } from "../../src/zonefile/size.ts";
import type { NameRecord } from "../../src/ops/record.ts";
import { fromUtf8 } from "../../src/primitives/bytes.ts";
import { hash160 } from "../../src/primitives/digest.ts";
import { type Txid, txid, type ZonefileHash, zonefileHash } from "../../src/primitives/hash.ts";
import { name } from "../../src/primitives/name.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import { getFrom, post } from "../support/api-node.ts";
import { vectorFiles } from "../support/vector.ts";

const alice = name("alice.test");
let store: NodeStore;

beforeAll(async () => {
  const file = await readReplayFile(vectorFiles().find(({ name }) => name === "scenarios/basic_epoch3")!.path);
  store = NodeStore.open(":memory:", file.network);
  for await (const _ of replayFile(file, store));
});
afterAll(() => {
  store.close();
});

/** Appends a block whose only operation gives a name this zone file hash, as an update does. */
function announce(hash: ZonefileHash): Txid {
  const tip = store.queries.tip()!;
  const height = blockHeight(tip.height + 1);
  const id = txid(height.toString(16).padStart(64, "0"));
  const record: NameRecord = { ...store.view.name(alice)!, valueHash: hash, opcode: "NAME_UPDATE", op: "+", txid: id };
  store.append({
    ...tip,
    height,
    previousHash: tip.hash,
    accepted: [
      {
        txid: id,
        vtxindex: 1,
        accepted: { kind: "NAME_UPDATE", name: record } as never,
        canonical: "+",
        rawTransaction: new Uint8Array(1),
        senderScript: new Uint8Array(),
      },
    ],
    rejected: [],
    changes: { names: [record], namespaces: [], openedPreorders: [], consumedPreorders: [], importKeys: [] },
  });
  return id;
}

const hashOf = (bytes: Uint8Array) => zonefileHash.of(hash160(bytes));
const base64 = (bytes: Uint8Array) => JSON.stringify({ zonefile_b64: Buffer.from(bytes).toString("base64") });
const asText = (zonefile: string) => JSON.stringify({ zonefile });

describe("kept when announced", () => {
  test("text: readable by hash and by name", () => {
    const text = "$ORIGIN alice.test\n$TTL 3600\n";
    const hash = hashOf(fromUtf8(text));
    announce(hash);
    const get = getFrom(store);
    expect(get(`/v1/zonefiles/${hash}`).status).toBe(404);
    expect(get("/v1/names/alice.test").body).toMatchObject({ zonefile: null, zonefile_hash: hash });
    // The file may come without a block: nothing may stand for the answer that lacks it.
    expect(get("/v1/names/alice.test").headers).toBeUndefined();

    const answer = { status: 200, body: { status: true, servers: [], zonefile_hash: hash } };
    expect(post(store, "/v1/zonefile/", asText(text))).toEqual(answer);
    expect(post(store, "/v1/zonefile", base64(fromUtf8(text)), "application/json; charset=utf-8")).toEqual(answer);

    const raw = { status: 200, body: fromUtf8(text), headers: { "content-type": "application/octet-stream" } };
    expect(get(`/v1/zonefiles/${hash}`)).toMatchObject(raw);
    expect(get("/v1/names/alice.test/zonefile?raw=1")).toMatchObject(raw);
    expect(get("/v1/names/alice.test/zonefile")).toMatchObject({ status: 200, body: { zonefile: text } });
    expect(get(`/v1/names/alice.test/zonefile/${hash}`)).toMatchObject({ status: 200, body: { zonefile: text } });
    expect(get("/v1/names/alice.test")).toMatchObject({
      body: { zonefile: text, zonefile_hash: hash },
      headers: { etag: `"${store.queries.tip()?.consensusHash}"` },
    });
    expect(get("/v1/blockchains/bitcoin/names/alice.test").body).toMatchObject({
      zonefile: Buffer.from(text).toString("base64"),
    });
    expect(get(`/v1/names/nobody.test/zonefile/${hash}`).status).toBe(404);
  });

  test("bytes that are no text, and the largest there may be", () => {
    for (const bytes of [Uint8Array.of(0, 255, 254), new Uint8Array(MAX_ZONEFILE_BYTES).fill(1)]) {
      announce(hashOf(bytes));
      expect(post(store, "/v1/zonefile", base64(bytes)).status).toBe(200);
      expect(getFrom(store)(`/v1/zonefiles/${hashOf(bytes)}`).body).toEqual(bytes);
    }
    announce(hashOf(Uint8Array.of(0, 255, 254)));
    expect(getFrom(store)("/v1/names/alice.test/zonefile").body).toEqual({ error: "Non-standard zone file" });
    expect(getFrom(store)("/v1/names/alice.test").body).toMatchObject({ zonefile: null });
  });

  test.each<[string, Uint8Array, string | null]>([
    ["empty", new Uint8Array(), ""],
    ["letters of many bytes", fromUtf8("$ORIGIN älice.test ✓ 𝔟"), "$ORIGIN älice.test ✓ 𝔟"],
    ["a byte order mark", fromUtf8("\ufeff$ORIGIN"), "\ufeff$ORIGIN"],
    ["a zero in the middle", fromUtf8("$ORIGIN\0$TTL"), "$ORIGIN\0$TTL"],
    ["a zero at the end", fromUtf8("$ORIGIN\0"), "$ORIGIN\0"],
    ["the sign for what is no character", fromUtf8("$ORIGIN \ufffd"), "$ORIGIN \ufffd"],
    ["text that breaks off", fromUtf8("$ORIGIN ä").slice(0, -1), null],
    ["half a surrogate pair", Uint8Array.of(0x24, 0xed, 0xa0, 0x80, 0x24), null],
    ["a letter spelled too long", Uint8Array.of(0x24, 0xc1, 0x81), null],
  ])("in a name's state: %s", (_, bytes, text) => {
    announce(hashOf(bytes));
    expect(post(store, "/v1/zonefile", base64(bytes)).status).toBe(200);
    expect(getFrom(store)("/v1/names/alice.test").body).toMatchObject({ zonefile: text, zonefile_hash: hashOf(bytes) });
  });

  test("until the announcement is taken back: then it is not taken any more, but what was kept stays", () => {
    const bytes = fromUtf8("short-lived");
    const kept = fromUtf8("kept");
    announce(hashOf(kept));
    expect(post(store, "/v1/zonefile", base64(kept)).status).toBe(200);
    announce(hashOf(bytes));
    store.rollBack();
    store.rollBack();
    expect(post(store, "/v1/zonefile", base64(bytes)).status).toBe(404);
    expect(getFrom(store)(`/v1/zonefiles/${hashOf(kept)}`).status).toBe(200);
  });
});

describe("not kept", () => {
  test("unannounced: 404, in spite of the original's 200", () => {
    const bytes = fromUtf8("nobody announced this");
    expect(post(store, "/v1/zonefile", base64(bytes))).toEqual({
      status: 404,
      body: { error: `Zone file not saved: no operation has announced its hash ${hashOf(bytes)}` },
    });
    expect(getFrom(store)(`/v1/zonefiles/${hashOf(bytes)}`).status).toBe(404);
  });

  test("a byte too many: 413, although announced", () => {
    const bytes = new Uint8Array(MAX_ZONEFILE_BYTES + 1).fill(1);
    announce(hashOf(bytes));
    expect(post(store, "/v1/zonefile", base64(bytes)).status).toBe(413);
    expect(getFrom(store)(`/v1/zonefiles/${hashOf(bytes)}`).status).toBe(404);
  });

  test.each([
    ["both forms", JSON.stringify({ zonefile: "a", zonefile_b64: "YQ==" }), "application/json"],
    ["neither form", "{}", "application/json"],
    ["null", "null", "application/json"],
    ["a number", JSON.stringify({ zonefile: 7 }), "application/json"],
    ["base64 that is none", JSON.stringify({ zonefile_b64: "a*b=" }), "application/json"],
    ["base64 cut short", JSON.stringify({ zonefile_b64: "YWJjZ" }), "application/json"],
    ["another content type", asText("a"), "text/plain"],
  ])("%s: 400", (_, body, contentType) => {
    expect(post(store, "/v1/zonefile", body, contentType).status).toBe(400);
  });
});
