/** What a light server answers out of the log alone, beside what a full node answers that replayed the same chain. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ApiResponse } from "../../../src/api/route.ts";
import { readReplayFile } from "../../../src/chain/replay-file.ts";
import { replayFile } from "../../../src/fullnode/replay.ts";
import { NodeStore } from "../../../src/fullnode/store/store.ts";
import { pythonFloat } from "../../../src/encoding/python-number.ts";
import { fromUtf8 } from "../../../src/primitives/bytes.ts";
import type { ZonefileHash } from "../../../src/primitives/hash.ts";
import { namesAt } from "../../../src/verify/name-state.ts";
import { type OperationLog, startLog } from "../../../src/verify/op-log.ts";
import { type Get, getFrom } from "../../support/api-node.ts";
import { type OWNER, REGTEST } from "../../support/fake-node.ts";
import { replayedChain } from "../../support/hashed-chain.ts";
import { type Ask, lightApi } from "../../support/light-api.ts";
import {
  hashOf, logOf, pinned, readyNamespace, registered, registration, revocation, transfer, update,
} from "../../support/named-log.ts"; // prettier-ignore
import { replayVectors } from "../../support/vectors.ts";

type Fields = Readonly<Record<string, unknown>>;

/** A fee that is no whole number was hashed with twelve digits: no more of it can be had from the log. */
const asHashed = (key: string, value: unknown) => (key === "op_fee" ? Number(pythonFloat(Number(value))) : value);

/** Without what only one of the two says. */
function shared(ours: ApiResponse, theirs: ApiResponse) {
  const { checked: _, ...fields } = ours.body as Fields;
  const theirFields = theirs.body as Fields;
  const common = Object.keys(fields).filter((key) => key in theirFields || theirs.status !== 200);
  const pick = (of: Fields) => Object.fromEntries(common.map((key) => [key, asHashed(key, of[key])]));
  return [
    { status: ours.status, fields: pick(fields) },
    { status: theirs.status, fields: pick(theirFields) },
  ] as const;
}

/** Of the many chains, those that have all there is. */
const CHAINS = replayVectors("scenarios", "fuzz").filter(({ vector }) =>
  /^(?:fuzz_e[1-4]|imports|transfer_rules|expiry.*|revoke.*)$/u.test(vector),
);

describe.each(CHAINS)("$group/$vector", ({ path }) => {
  let store: NodeStore;
  let get: Get;
  let ask: Ask;
  let log: OperationLog;
  let heights: readonly number[];

  beforeAll(async () => {
    const replay = await readReplayFile(path);
    const { network } = replay;
    store = NodeStore.open(":memory:", network);
    for await (const { height } of replayFile(replay, store)) expect(height).toBeGreaterThan(0);
    get = getFrom(store);
    const chain = replayedChain(path);
    const growing = startLog(chain.firstBlock);
    for (let height = chain.firstBlock as number; height <= chain.tip; height++) {
      growing.append(chain.operationsAt(height));
    }
    log = growing;
    const source = { kind: "hand" } as const;
    const pin = { ...chain.anchorAt(chain.tip), network: network.id, source, since: "2026-01-01T00:00:00Z" };
    ask = lightApi({ log, pin }, network);
    heights = [chain.tip, Math.floor((chain.firstBlock + chain.tip) / 2)];
  });
  afterAll(() => store.close());

  test("names: state, record, zone file, as of the pin and of an earlier block", async () => {
    for (const name of namesAt(log, heights[0] ?? 0)) {
      for (const height of heights) {
        for (const of of [`/v1/names/${name}`, `/v1/blockchains/bitcoin/names/${name}`]) {
          const url = `${of}?height=${height}`;
          const [ours, theirs] = shared(await ask(url), get(url));
          expect({ url, ...ours }).toEqual({ url, ...theirs });
        }
      }
      expect((await ask(`/v1/names/${name}/zonefile`)).status).toBe(get(`/v1/names/${name}/zonefile`).status);
    }
    expect((await ask("/v1/names/nobody.nowhere")).body).toMatchObject({ status: "available" });
  });

  test("lists, owners, namespaces and prices are the same", async () => {
    const same = async (url: string) => expect([url, (await ask(url)).body]).toEqual([url, get(url).body]);
    await same("/v1/names?page=0");
    await same("/v1/names?page=0&all=true");
    await same("/v1/namespaces");
    const alike = async (url: string) => {
      const [ours, theirs] = shared(await ask(url), get(url));
      expect({ url, ...ours }).toEqual({ url, ...theirs });
    };
    await alike("/v1/blockchains/bitcoin/name_count");
    await alike("/v1/blockchains/bitcoin/name_count?all=true");
    const names = namesAt(log, heights[0] ?? 0);
    const owners = new Set(
      names.map((name) => (get(`/v1/blockchains/bitcoin/names/${name}`).body as Fields)["address"]),
    );
    for (const owner of owners) {
      if (typeof owner !== "string") continue;
      for (const height of heights) await alike(`/v1/addresses/bitcoin/${owner}?height=${height}`);
    }
    for (const id of (await ask("/v1/namespaces")).body as readonly string[]) {
      await same(`/v1/namespaces/${id}/names?page=0`);
      await alike(`/v1/namespaces/${id}/name_count`);
      await alike(`/v1/prices/names/some-name.${id}`);
      await alike(`/v1/prices/namespaces/${id}`);
      const { history: _, checked, ...ours } = (await ask(`/v1/namespaces/${id}`)).body as Fields;
      expect(checked).toMatchObject({ level: "complete" });
      expect(get(`/v1/namespaces/${id}`).body).toMatchObject(ours);
    }
  });

  test("consensus hashes, by height and back", async () => {
    for (const height of heights) {
      const url = `/v1/blockchains/bitcoin/consensus/${height}`;
      const [ours, theirs] = shared(await ask(url), get(url));
      expect(ours).toEqual(theirs);
      const hash = String(ours.fields["consensus_hash"]);
      const back = await ask(`/v1/blockchains/bitcoin/consensus-block/${hash}`);
      expect(back.body).toMatchObject({ block_height: height });
    }
  });
});

describe("on what an answer rests", () => {
  const text = "$ORIGIN alice.test\n";
  const alice = registered("alice.test", 3, { valueHash: hashOf(text) });
  const log = logOf({ 2: [readyNamespace(2)], 3: [registration(alice)], 5: [update(alice, "two\n")] }, 9);
  const asked: ZonefileHash[] = [];
  const held = new Map<ZonefileHash, Uint8Array>();
  const ask = lightApi(pinned(log), REGTEST, {
    zonefile: (hash) => held.get(hash) ?? null,
    fetchZonefile: (hash) => {
      asked.push(hash);
      if (hash === hashOf("two\n")) held.set(hash, fromUtf8("two\n"));
      return Promise.resolve();
    },
  });

  test("is in every answer of the log: a field of objects, headers of all", async () => {
    const { headers, body } = await ask("/v1/names/alice.test");
    const { pin } = pinned(log);
    const pair = `${pin.height}:${pin.consensusHash}`;
    expect(headers).toMatchObject({ "bsk-level": "complete", "bsk-as-of": "9", etag: `"${pin.consensusHash}"` });
    expect(headers?.["bsk-pin"]).toBe(`${pair}; source=hand; attested=yes`);
    expect(body).toMatchObject({ checked: { level: "complete", as_of: 9, pin: { height: 9, attested: true } } });
    expect((await ask("/v1/names?page=0")).headers).toMatchObject({ "bsk-level": "complete" });
    expect((await ask("/v1/names/bob.test")).headers).toMatchObject({ "bsk-level": "complete" });
    expect((await ask("/v1/names/alice.test?height=4")).headers).toMatchObject({ "bsk-as-of": "4" });
    expect(Object.keys((await ask("/v1/names/alice.test/history")).body as object)).toEqual(["3", "5"]);
    const word = lightApi(pinned(log, { kind: "unattested", url: "https://one.example" }), REGTEST);
    expect((await word("/v1/names/alice.test")).body).toMatchObject({ checked: { pin: { attested: false } } });
  });

  test("a zone file is fetched when it is asked for; what nobody holds is missing", async () => {
    asked.length = 0;
    held.clear();
    expect((await ask("/v1/names/alice.test")).body).toMatchObject({ zonefile: "two\n" });
    expect((await ask("/v1/names/alice.test")).body).toMatchObject({ zonefile: "two\n" });
    expect(asked).toEqual([hashOf("two\n")]);
    const before = await ask("/v1/names/alice.test?height=4");
    expect(before.body).toMatchObject({ zonefile: null, zonefile_hash: hashOf(text) });
    expect(before.headers).not.toHaveProperty("etag");
    expect((await ask(`/v1/names/alice.test/zonefile/${hashOf("other\n")}`)).status).toBe(404);
    expect((await ask(`/v1/zonefiles/${hashOf("two\n")}`)).body).toEqual(fromUtf8("two\n"));
  });

  test("a pin that the log is not at: nothing is answered above it, and nothing at all without a log", async () => {
    expect(await ask("/v1/names/alice.test?height=10")).toMatchObject({ status: 404, body: { field: "height" } });
    const none = lightApi(null, REGTEST);
    expect((await none("/v1/names/alice.test")).status).toBe(503);
    expect((await none("/ready")).status).toBe(503);
    expect((await none("/v1/ping")).status).toBe(200);
  });

  test("it is no full node: it has no tip, and says what it is", async () => {
    expect((await ask("/v2/info")).body).toMatchObject({ tip: null, light: { pin: { height: 9, source: "hand" } } });
    expect((await ask("/v2/preflight")).status).toBe(404);
    expect((await ask("/v1/info")).body).toMatchObject({ last_block_processed: 9, indexing: false });
  });
});

test("transfers and revocations show in owners and states", async () => {
  const alice = registered("alice.test", 3);
  const bob = registered("bob.test", 3, { vtxindex: 2 });
  const other = "mfWxJ45yp2SFn7UciZyNpvDKrzbhyfKrY8" as typeof OWNER;
  const log = logOf(
    {
      2: [readyNamespace(2)],
      3: [registration(alice), registration(bob)],
      5: [transfer(alice, other)],
      6: [revocation(bob)],
    },
    9,
  );
  const ask = lightApi(pinned(log), REGTEST);
  expect((await ask(`/v1/addresses/bitcoin/${other}`)).body).toMatchObject({ names: ["alice.test"] });
  expect((await ask("/v1/names/bob.test")).body).toMatchObject({ status: "revoked" });
});
