/** The names of one address, over real HTTP: lists come in pages, and a node may give them without end. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { nodeClient } from "../../src/lightnode/node-client.ts";
import { INFO_JSON } from "../support/canned-node.ts";
import { OWNER, REGTEST } from "../support/fake-node.ts";

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** A node that answers each page with what `rows` gives. */
async function namesFrom(rows: (page: number) => readonly string[]): Promise<readonly string[]> {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://node");
    const body = pathname === "/v2/info" ? INFO_JSON : { names: rows(Number(searchParams.get("page") ?? 0)) };
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  stops.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return nodeClient({ url, own: true }, REGTEST).namesOf(OWNER);
}

const names = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, i) => `n${from + i}.test`);

test.each([0, 1, 999, 1000, 1001, 2300])("all of %i", async (count) => {
  const all = names(0, count);
  expect(await namesFrom((page) => all.slice(page * 1000, (page + 1) * 1000))).toEqual(all);
});

test("of a page full of names below names, the next is read too", async () => {
  const below = Array.from({ length: 1000 }, (_, i) => `s${i}.alice.test`);
  expect(await namesFrom((page) => (page === 0 ? ["a.test", ...below.slice(1)] : ["b.test"]))).toEqual([
    "a.test",
    "b.test",
  ]);
});

test("a node that knows no pages is read once", async () => {
  expect(await namesFrom(() => names(0, 1000))).toEqual(names(0, 1000));
});

test("a list without end is no list", async () => {
  const page = (at: number): string[] => names(at * 1000, (at + 1) * 1000);
  await expect(namesFrom(page)).rejects.toMatchObject({ kind: "machine", rule: "answer-too-large" });
});
