/** `?height=`: what the API says of an earlier block is what it said when that block was the last. */
import { describe, expect, test } from "vitest";
import { readReplayFile } from "../../src/chain/replay-file.ts";
import { replayFile } from "../../src/fullnode/replay.ts";
import { NodeStore } from "../../src/fullnode/store/store.ts";
import { getFrom } from "../support/api-node.ts";
import { vectorFiles } from "../support/vector.ts";

const vector = (wanted: string) => vectorFiles().find(({ name }) => name === wanted)!;

/** Everything that can be asked of a height about the names, namespaces and owners of a store. */
function questions(store: NodeStore): string[] {
  const distinct = (rows: readonly unknown[]) => [...new Set(rows.map(String))];
  const operations = store.rows("operations");
  const names = distinct(store.rows("names").map((row) => row["name"]));
  const namespaces = distinct(store.rows("namespaces").map((row) => row["namespace_id"]));
  const owners = distinct(operations.flatMap((row) => row["owner"] ?? []));
  return [
    ...[...names, "nobody.test"].flatMap((name) => [
      `/v1/names/${name}`,
      `/v1/names/${name}/history`,
      `/v1/names/${name}/history?page=1`,
      `/v1/names/${name}/zonefile`,
      `/v1/blockchains/bitcoin/names/${name}`,
      `/v1/prices/names/${name}`,
    ]),
    ...[...namespaces, "nowhere"].flatMap((id) => [`/v1/namespaces/${id}`, `/v2/prices/namespaces/${id}`]),
    ...owners.map((owner) => `/v1/addresses/bitcoin/${owner}`),
  ];
}

const withHeight = (url: string, height: number) => `${url}${url.includes("?") ? "&" : "?"}height=${height}`;

describe("every answer at every height", () => {
  test.each(["scenarios/basic_epoch3", "fuzz/fuzz_e2", "integration/name_import_renew_update_transfer"])(
    "%s",
    async (name) => {
      const file = await readReplayFile(vector(name).path);
      const whole = NodeStore.open(":memory:", file.network);
      for await (const _ of replayFile(file, whole));
      const urls = questions(whole);
      expect(urls.length).toBeGreaterThan(10);

      const growing = NodeStore.open(":memory:", file.network);
      const now = getFrom(growing);
      const later = getFrom(whole);
      const seen = new Set<number>();
      for await (const { height } of replayFile(file, growing)) {
        for (const url of urls) {
          const then = now(url);
          const { headers: _link, asOf: _at, ...past } = later(withHeight(url, height));
          const { headers: _etag, ...expected } = then;
          expect({ url, height, ...past }).toEqual({ url, height, ...expected });
          seen.add(then.status);
        }
      }
      expect([...seen].sort()).toEqual([200, 404]);
      whole.close();
      growing.close();
    },
  );
});

describe("heights that cannot be answered", async () => {
  const file = await readReplayFile(vector("scenarios/basic_epoch3").path);
  const store = NodeStore.open(":memory:", file.network);
  for await (const _ of replayFile(file, store));
  const get = getFrom(store);
  const { height: tip } = store.tip()!;
  const { firstBlock } = store.network;

  test("the tag of a past answer is that block's consensus hash", () => {
    const tag = (url: string) => get(url).headers?.["etag"];
    expect(tag(`/v1/namespaces/test?height=${tip - 5}`)).toBe(`"${store.consensusHashAt(tip - 5)}"`);
    expect(tag(`/v1/namespaces/test?height=${tip}`)).toBe(`"${store.consensusHashAt(tip)}"`);
    expect(tag("/v1/namespaces/test")).toBe(`"${store.consensusHashAt(tip)}"`);
  });

  test("a block that is not there yet, or before the first: 404, with the field named", () => {
    for (const height of [tip + 1, 2_000_000_000, firstBlock - 1, 0]) {
      const { status, body } = get(`/v1/names/foo.test?height=${height}`);
      expect([height, status, (body as { field?: string }).field]).toEqual([height, 404, "height"]);
    }
    expect(get(`/v1/namespaces/test?height=${tip}`).status).toBe(200);
  });

  test.each(["-1", "1.5", "0x10", "1e3", "tip", "99999999999", "007"])("height=%s is no height: 400", (height) => {
    expect(get(`/v1/names/foo.test?height=${height}`)).toEqual({
      status: 400,
      body: { error: "Invalid block height", field: "height" },
    });
  });

  test("where the past is not kept, a height is refused and not ignored", () => {
    for (const url of ["/v1/names?page=0", "/v1/namespaces", "/v1/namespaces/test/names?page=0", "/v1/info"]) {
      const { status, body } = get(withHeight(url, tip));
      expect([url, status, (body as { field?: string }).field]).toEqual([url, 400, "height"]);
    }
  });
});
