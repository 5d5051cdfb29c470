/** `bsk prove` against a full node's API over real HTTP, and `bsk verify` of its files with no node at all. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { encodeHeaderFile } from "../../src/bitcoin/header-file.ts";
import { HEADER_SIZE } from "../../src/bitcoin/header.ts";
import type { NodeStore } from "../../src/fullnode/store/store.ts";
import { concat } from "../../src/primitives/bytes.ts";
import { bsk } from "../support/bsk.ts";
import { blockBehind, coinbase, GENESIS } from "../support/linked-chain.ts";
import { serveVector, type ServedVector } from "../support/served-vector.ts";

let served: ServedVector;
let home: string;
let environment: ServedVector["environment"];
let url: string;
let pin: string;
let store: NodeStore;

const run = (...argv: readonly string[]) => served.run(...argv);
/** Names that need no "--" before them. */
const names = () =>
  store
    .rows("names")
    .map((row) => String(row["name"]))
    .filter((name) => !name.startsWith("-"));
const prove = (...argv: readonly string[]) => run("prove", ...argv, "--node", url);

beforeAll(async () => {
  served = await serveVector();
  ({ home, environment, url, pin, store } = served);
  return () => served.stop();
});

/** Headers up to a block whose time is so long ago. */
function headersUpTo(height: number, secondsAgo: number): Uint8Array {
  const headers = [GENESIS];
  const last = Math.floor(Date.now() / 1000) - secondsAgo;
  for (let at = 1; at <= height; at++) {
    headers.push(blockBehind(headers[at - 1]!, [coinbase(at, Uint8Array.of(0x51))], last - (height - at)));
  }
  return encodeHeaderFile({ first: 0, headers: concat(...headers.map((block) => block.subarray(0, HEADER_SIZE))) });
}

describe("a proof", () => {
  test.each(["included", "placed", "complete"] as const)(
    "at %s is written once, checked without any node, and says how far it goes",
    async (level) => {
      for (const [i, name] of names().slice(0, 3).entries()) {
        const at = join(home, `proof-${level}-${i}`);
        const proven = await prove(name, "-o", at, "--pin", pin, "--level", level);
        expect(proven).toMatchObject({ code: 0, data: { name, file: at } });
        const verified = await run("verify", at, "--pin", pin, "--require", level);
        const { file: _, ...same } = proven.data;
        expect(verified).toMatchObject({ code: 0, data: same });
        if (level !== "included") expect(verified.data).toMatchObject({ level, height: expect.any(Number) });
      }
      const again = await prove(names()[0]!, "-o", join(home, `proof-${level}-0`), "--level", level);
      expect(again.code).toBe(2);
    },
  );

  test("that a name was never registered is complete, and there is no other", async () => {
    const at = join(home, "absent");
    expect(await prove("nobody.nowhere", "--level", "complete", "-o", at)).toMatchObject({
      code: 0,
      data: { state: "absent", record: null },
    });
    expect(await run("verify", at, "--pin", pin)).toMatchObject({
      code: 0,
      data: { name: "nobody.nowhere", level: "complete", state: "absent", record: null },
    });
    expect(await prove("nobody.nowhere")).toMatchObject({ code: 4, error: { rule: "no-proof" } });
  });

  test("that is less than what is required: exit 4", async () => {
    const at = join(home, "less");
    expect((await prove(names()[0]!, "-o", at)).code).toBe(0);
    const refused = await run("verify", at, "--pin", pin, "--require", "complete");
    expect(refused).toMatchObject({ code: 4, error: { rule: "level", kind: "unproven" } });
  });

  test("is as old as the header of its last block says; where none is held, too old for any --max-age", async () => {
    const at = join(home, "proof-age");
    await prove(names()[0]!, "-o", at, "--pin", pin);
    const headers = join(home, "headers-age");
    const height = Number(pin.split(":")[0]);
    writeFileSync(headers, headersUpTo(height, 7200));
    const check = (age: string, ...argv: readonly string[]) =>
      run("verify", at, "--pin", pin, "--max-age", age, ...argv);
    expect((await check("3h", "--headers", headers)).code).toBe(0);
    expect(await check("1h", "--headers", headers)).toMatchObject({ code: 4, error: { rule: "stale" } });
    expect(await check("3h")).toMatchObject({ code: 4, error: { rule: "stale" } });
    writeFileSync(headers, headersUpTo(height - 1, 0));
    expect(await check("3h", "--headers", headers)).toMatchObject({ code: 4, error: { rule: "stale" } });
  });

  test("that is attached is small, and proves nothing alone", async () => {
    const at = join(home, "attached");
    expect((await prove(names()[0]!, "-o", at, "--attached")).code).toBe(0);
    expect(readFileSync(at, "utf8")).toContain('"walk": null');
    const refused = await run("verify", at, "--pin", pin);
    expect(refused).toMatchObject({ code: 4, error: { message: expect.stringContaining("a spine of your own") } });
    expect((await prove(names()[0]!, "--attached", "--level", "included")).code).toBe(2);
  });

  test("of an earlier state, from an earlier pin", async () => {
    const [first] = store.rows("operations").filter((row) => row["opcode"] === "NAME_REGISTRATION");
    const [name, height] = [String(first!["subject"]), Math.floor(Number(first!["position"]) / 2 ** 20)];
    const earlier = `${height + 3}:${store.consensusHashAt(height + 3)!}`;
    const proven = await prove(name, "--at", String(height), "--pin", earlier);
    expect(proven).toMatchObject({ code: 0, data: { level: "placed", height, record: { txid: first!["txid"] } } });
  });

  test("is read by people", async () => {
    const { code, out } = await bsk(["prove", names()[0]!, "--node", url, "--network", "proven"], {
      environment,
    });
    expect(code).toBe(0);
    expect(out).toContain(`pin        ${pin}`);
    expect(out).toContain("later operations up to the pin are not excluded");
  });
});

describe("what does not hold", () => {
  let at: string;
  beforeAll(async () => {
    at = join(home, "one");
    expect((await prove(names()[0]!, "-o", at)).code).toBe(0);
  });

  test("one byte changed: exit 3", async () => {
    const text = readFileSync(at, "utf8");
    const lying = join(home, "lying");
    const places = [...text.matchAll(/[0-9a-f]{32}/gu)].map(({ index }) => index);
    for (const place of places.filter((_, i) => i % Math.ceil(places.length / 8) === 0).slice(1)) {
      writeFileSync(lying, text.slice(0, place) + (text[place] === "0" ? "1" : "0") + text.slice(place + 1));
      const { code, error } = await run("verify", lying, "--pin", pin);
      expect([2, 3]).toContain(code); // 2: the network's id was hit
      expect(["refuted", "usage"]).toContain(error.kind);
    }
    writeFileSync(lying, "no proof at all");
    expect(await run("verify", lying, "--pin", pin)).toMatchObject({ code: 3, error: { rule: "not-a-proof" } });
  });

  test("another hash for the pin's block: exit 3; another block, or no pin: exit 4", async () => {
    const [height, hash] = pin.split(":") as [string, string];
    const wrong = `${height}:${hash.startsWith("0") ? "1" : "0"}${hash.slice(1)}`;
    expect((await run("verify", at, "--pin", wrong)).code).toBe(3);
    expect((await run("verify", at, "--pin", `${Number(height) - 1}:${hash}`)).code).toBe(4);
    expect(await run("verify", at)).toMatchObject({ code: 4, error: { rule: "no-pin" } });
    expect((await run("verify", at, "--pin", "nonsense")).code).toBe(2);
    expect((await run("verify", join(home, "nowhere"), "--pin", pin)).code).toBe(2);
  });

  test("a node whose chain is not the pin's: exit 3, and nothing is written", async () => {
    const [height] = pin.split(":") as [string];
    const other = join(home, "other");
    const refused = await prove(names()[0]!, "-o", other, "--pin", `${height}:${"00".repeat(16)}`);
    expect(refused).toMatchObject({ code: 3, error: { rule: "proof-refuted" } });
    expect(() => readFileSync(other)).toThrow("ENOENT");
  });
});
