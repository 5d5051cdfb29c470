/** What a node says of a subdomain, believed as far as it can be: over real HTTP, with nodes that lie. */
import { afterEach, describe, expect, test } from "vitest";
import type { BskError } from "../../src/errors.ts";
import { nodeClient } from "../../src/lightnode/node-client.ts";
import { findSubdomain } from "../../src/lightnode/subdomain.ts";
import type { Terms } from "../../src/lightnode/terms.ts";
import { fromUtf8, toHex } from "../../src/primitives/bytes.ts";
import { hash160 } from "../../src/primitives/digest.ts";
import type { SubdomainName } from "../../src/primitives/name.ts";
import { type Answers, cannedNode, type CannedNode, INFO_JSON } from "../support/canned-node.ts";
import { OWNER, REGTEST } from "../support/fake-node.ts";

const BOB = "bob.alice.test" as SubdomainName;
const FULL = `/v1/blockchains/bitcoin/names/${BOB}`;
const TEXT = "$ORIGIN bob\n";
const RECORD = {
  name: BOB,
  address: OWNER,
  domain: "alice.test",
  block_number: 110,
  sequence: 0,
  txid: "33".repeat(32),
  value_hash: toHex(hash160(fromUtf8(TEXT))),
  zonefile: Buffer.from(TEXT).toString("base64"),
  pending: false,
};
const TERMS: Terms = { require: "claimed", now: new Date("2026-01-02T04:04:05Z") };

let canned: CannedNode | null = null;
afterEach(async () => {
  await canned?.stop();
  canned = null;
});

async function find(answers: Answers, { own = true, terms = TERMS }: { own?: boolean; terms?: Terms } = {}) {
  canned = await cannedNode({ "/v2/info": { body: INFO_JSON }, ...answers });
  const node = nodeClient({ url: canned.url, own, direct: true }, REGTEST);
  return findSubdomain(BOB, { nodes: [node] }, terms);
}

const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: unknown) => [(error as BskError).kind, (error as BskError).rule],
  );

test("our own node's word is indexed, a stranger's is claimed", async () => {
  const answers = { [FULL]: { body: RECORD } };
  const found = await find(answers);
  expect(found).toMatchObject({ owner: OWNER, domain: "alice.test", sequence: 0, level: "indexed" });
  expect(found.zonefile).toEqual(fromUtf8(TEXT));
  await canned?.stop();
  expect(await find(answers, { own: false })).toMatchObject({ level: "claimed" });
  await canned?.stop();
  const strict = { ...TERMS, require: "complete" as const };
  expect(await refusal(find(answers, { own: false, terms: strict }))).toEqual(["unproven", "level"]);
});

describe("refused", () => {
  test.each([
    ["another zone file", { zonefile: Buffer.from("x").toString("base64") }, ["refuted", "zonefile-hash"]],
    ["another subdomain", { name: "eve.alice.test" }, ["machine", "bad-answer"]],
    ["a hash that is none", { value_hash: "00" }, ["machine", "bad-answer"]],
    ["no base64", { zonefile: "***" }, ["machine", "bad-answer"]],
    ["more bytes than a zone file has", { zonefile: "A".repeat(54_620) }, ["machine", "bad-answer"]],
    ["a sequence below 0", { sequence: -1 }, ["machine", "bad-answer"]],
    ["a domain that is none", { domain: "x" }, ["machine", "bad-answer"]],
  ])("%s", async (_, change, expected) => {
    expect(await refusal(find({ [FULL]: { body: { ...RECORD, ...change } } }))).toEqual(expected);
  });
});

test("what is not there: by our own node, by a stranger, by a domain that names somebody else", async () => {
  expect(await refusal(find({}))).toEqual(["rejected", "name-not-registered"]);
  await canned?.stop();
  expect(await refusal(find({}, { own: false }))).toEqual(["unproven", "name-not-registered"]);
  await canned?.stop();
  const redirect = { status: 301, body: { status: "redirect", resolver: "https://resolver.example" } };
  const promise = find({ [`/v1/names/${BOB}`]: redirect });
  await expect(promise).rejects.toMatchObject({
    rule: "subdomain-elsewhere",
    hint: expect.stringContaining("resolver.example") as string,
  });
  expect(await refusal(findSubdomain(BOB, { nodes: [] }, TERMS))).toEqual(["unproven", "no-node"]);
});
