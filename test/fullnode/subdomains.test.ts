/** Subdomains that a node reads out of zone files: in any order of arrival, through reorgs, and as its API tells them. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readReplayFile, type ReplayFile } from "../../src/chain/replay-file.ts";
import { encodeBase58Check } from "../../src/encoding/base58check.ts";
import { replayFile } from "../../src/fullnode/replay.ts";
import { plainValue } from "../../src/fullnode/store/digest.ts";
import { NodeStore } from "../../src/fullnode/store/store.ts";
import { wrongSubdomain } from "../../src/fullnode/subdomain-check.ts";
import { openSqlite } from "../../src/database/sqlite.ts";
import type { NameRecord } from "../../src/ops/record.ts";
import { fromLatin1 } from "../../src/primitives/bytes.ts";
import { hash160 } from "../../src/primitives/digest.ts";
import { txid, zonefileHash } from "../../src/primitives/hash.ts";
import { name } from "../../src/primitives/name.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getFrom, post } from "../support/api-node.ts";
import { readVectors } from "../support/vectors.ts";
import { vectorFiles } from "../support/vector.ts";

const { transitions, zonefiles, identities } = readVectors("zonefiles.json") as {
  readonly transitions: readonly { readonly note: string; readonly existing: string; readonly new: string }[];
  readonly zonefiles: readonly { readonly note: string; readonly zonefile: string }[];
  readonly identities: readonly { readonly address: string }[];
};
const transition = (note: string) => transitions.find((each) => each.note === note)!;
/** "a.foo38.test" is made, updated by its owner, and updated in the zone file of another name. */
const MADE = transition("update").existing;
const UPDATED = transition("update").new;
const ELSEWHERE = transition("independent update, same owner").new;
const [OWNER] = identities;

const hashOf = (text: string) => zonefileHash.of(hash160(fromLatin1(text)));

let file: ReplayFile;
let store: NodeStore;
let path: string;

beforeEach(async () => {
  file = await readReplayFile(vectorFiles().find((of) => of.name === "scenarios/basic_epoch3")!.path);
  path = join(mkdtempSync(join(tmpdir(), "bsk-subdomains-")), "node.db");
  store = NodeStore.open(path, file.network);
  for await (const _ of replayFile(file, store));
});
afterEach(() => {
  store.close();
});

/** Appends a block in which a name announces a zone file. Answers its transaction. */
function announce(text: string, domain = "foo38.test"): string {
  const tip = store.queries.tip()!;
  const height = blockHeight(tip.height + 1);
  const id = txid(`${height.toString(16)}ff`.padStart(64, "0"));
  const before = store.view.name(name("alice.test"))!;
  const record = {
    ...before,
    name: name(domain),
    valueHash: hashOf(text),
    opcode: "NAME_UPDATE",
    op: "+",
    txid: id,
  } as NameRecord;
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

const give = (text: string) => post(store, "/v1/zonefile", JSON.stringify({ zonefile: text }));
const rows = () => [...store.subdomains()].map((row) => Object.values(row).map(plainValue));
const get = (url: string) => getFrom(store)(url);
const A = "/v1/names/a.foo38.test";

describe("read", () => {
  test("when the zone file comes, in whatever order", () => {
    announce(MADE);
    announce(UPDATED);
    give(UPDATED);
    expect(get(A)).toMatchObject({ status: 404, body: { status: "available" } });
    give(MADE);
    const all = rows();
    expect(all).toHaveLength(2);
    expect(get(A)).toMatchObject({
      status: 200,
      body: {
        status: "registered_subdomain",
        address: OWNER!.address,
        blockchain: "bitcoin",
        zonefile: '$ORIGIN a\n$TTL 3600\n_http._tcp URI 10 1 "https://gaia.example/1"\n',
      },
      incomplete: true,
    });
    expect(wrongSubdomain(store)).toBeNull();
  });

  test("when a block announces again what is kept already", () => {
    announce(MADE);
    give(MADE);
    announce(MADE);
    expect(rows()).toHaveLength(2);
    expect(get("/v1/blockchains/bitcoin/subdomains_count").body).toEqual({ names_count: 1 });
    give(MADE);
    expect(rows()).toHaveLength(2);
  });

  test("not for a name that announces another name's file", () => {
    announce(MADE, "other.test");
    give(MADE);
    expect(rows()).toEqual([]);
  });

  test("what another name carries counts where the rules say so", () => {
    announce(MADE);
    give(MADE);
    const id = announce(ELSEWHERE, "other.test");
    give(ELSEWHERE);
    expect(get(A).body).toMatchObject({ last_txid: id });
  });
});

test("a reorg takes rows away, and the branch that comes brings its own", () => {
  announce(MADE);
  give(MADE);
  const made = rows();
  announce(UPDATED);
  give(UPDATED);
  const updated = get(A).body;
  store.rollBack();
  expect(rows()).toEqual(made);
  expect(get(A).body).not.toEqual(updated);
  store.rollBack();
  expect(rows()).toEqual([]);
  expect(get(A).status).toBe(404);
  // The zone files are still here: nobody has to bring them again.
  announce(MADE);
  announce(UPDATED);
  expect(get(A).body).toEqual(updated);
});

describe("the API", () => {
  beforeEach(() => {
    announce(MADE);
    give(MADE);
    announce(UPDATED);
    give(UPDATED);
  });

  test("the record in full, and its zone files", () => {
    const tip = store.tip()!.height;
    expect(get("/v1/blockchains/bitcoin/names/a.foo38.test").body).toMatchObject({
      name: "a.foo38.test",
      address: OWNER!.address,
      domain: "foo38.test",
      block_number: tip,
      sequence: 1,
      pending: false,
    });
    const { zonefile_hash: hash } = get(A).body as { zonefile_hash: string };
    expect(get(`${A}/zonefile`).body).toEqual({ zonefile: expect.stringContaining("gaia.example/1") as string });
    expect(get(`/v1/zonefiles/${hash}`)).toMatchObject({ status: 200, body: get(`${A}/zonefile?raw=1`).body });
    expect(get(`${A}/zonefile/${hash}?raw=1`).status).toBe(200);
    expect(get(`${A}/zonefile/${hashOf("x")}`).status).toBe(404);
  });

  test("its history, and how it stood before", () => {
    const tip = store.tip()!.height;
    expect(get(`${A}/history`).body).toMatchObject({ [tip - 1]: [{ sequence: 0 }], [tip]: [{ sequence: 1 }] });
    expect(get(`${A}?height=${tip - 1}`).body).toMatchObject({
      zonefile: expect.stringContaining("gaia.example/0") as string,
    });
    expect(get(`${A}?height=${tip - 2}`).status).toBe(404);
  });

  test("lists: of all, of a transaction, of an address", () => {
    expect(get("/v1/subdomains?page=0").body).toEqual(["a.foo38.test"]);
    expect(get("/v1/subdomains").status).toBe(400);
    const { last_txid: id } = get(A).body as { last_txid: string };
    expect(get(`/v1/subdomains/${id}`).body).toEqual([
      expect.objectContaining({
        accepted: 1,
        fully_qualified_subdomain: "a.foo38.test",
        parent_zonefile_hash: hashOf(UPDATED),
        sequence: 1,
        zonefile_offset: 0,
      }),
    ]);
    expect(get(`/v1/subdomains/${"00".repeat(32)}`).body).toEqual([]);
    expect(get(`/v1/addresses/bitcoin/${OWNER!.address}`).body).toEqual({ names: ["a.foo38.test"] });
  });

  test("a record that does not count is in the list, and nowhere else", () => {
    const bad = transition("skips a sequence number").new;
    const id = announce(bad);
    give(bad);
    const body = get(`/v1/subdomains/${id}`).body as { accepted: number; sequence: number }[];
    // 2 follows 1 here, signed by the owner: it counts. Under a height before the update it would not.
    expect(body.map(({ accepted, sequence }) => [accepted, sequence])).toEqual([[1, 2]]);
    const unsigned = UPDATED.replace(/"sig=[^"]*"/u, "").replace("seqn=1", "seqn=3");
    const later = announce(unsigned);
    give(unsigned);
    expect(get(`/v1/subdomains/${later}`).body).toMatchObject([{ accepted: 0, sequence: 3, signature: "None" }]);
    expect(get(A).body).toMatchObject({ last_txid: id });
  });

  test("DIDs count the subdomains of an address in the order in which they were made", () => {
    const two = zonefiles.find(({ note }) => note === "one subdomain")!.zonefile;
    announce(two);
    give(two);
    const did = (of: string) => (get(`/v1/names/${of}`).body as { did: string }).did;
    expect(did("a.foo38.test")).toMatch(/^did:stack:v0:\w+-0$/u);
    expect(did("alice.foo38.test")).toBe(did("a.foo38.test").replace(/-0$/u, "-1"));
  });

  test("who may know a subdomain that is not here is told", () => {
    expect(get("/v1/names/nobody.foo38.test")).toMatchObject({ status: 404, body: { status: "available" } });
    const { zonefile } = zonefiles.find(({ note }) => note === "_resolver")!;
    announce(zonefile);
    give(zonefile);
    expect(get("/v1/names/nobody.foo38.test")).toMatchObject({
      status: 301,
      body: { status: "redirect", resolver: "https://resolver.example" },
      headers: { location: "https://resolver.example/v1/names/nobody.foo38.test" },
    });
  });

  test("a zone file of the domain that is not here may say more", () => {
    announce("$ORIGIN foo38.test\n$TTL 5\n");
    const full = "/v1/blockchains/bitcoin/names/a.foo38.test";
    expect(get(full).body).toMatchObject({ pending: true });
    give("$ORIGIN foo38.test\n$TTL 5\n");
    expect(get(full).body).toMatchObject({ pending: false });
  });
});

describe("rows that are not what the zone files say", () => {
  const damage = (sql: string) => {
    const database = openSqlite(path);
    database.exec(sql);
    database.close();
  };

  test.each([
    ["another owner", `UPDATE subdomains SET owner = '${encodeBase58Check(111, new Uint8Array(20))}'`],
    ["one bit of a zone file", "UPDATE subdomains SET zonefile = X'00'"],
    ["a row too few", "DELETE FROM subdomains"],
    [
      "a row too many",
      "INSERT INTO subdomains SELECT position + 1, 0, name, domain, sequence, owner, zonefile_hash, zonefile, signature, resolver, missing FROM subdomains",
    ],
  ])("%s is found", (_, sql) => {
    announce(MADE);
    give(MADE);
    damage(sql);
    expect(wrongSubdomain(store)).toMatchObject({ table: "subdomains" });
  });
});

test("bytes that are no zone file are kept, and carry nothing", () => {
  announce("\u00ff\u0000");
  store.putZonefile(hashOf("\u00ff\u0000"), fromLatin1("\u00ff\u0000"), 0);
  expect(rows()).toEqual([]);
  expect(wrongSubdomain(store)).toBeNull();
});
