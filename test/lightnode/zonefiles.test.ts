/** Zone files on disk, and a server's questions for those that are not there. */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { BskError } from "../../src/errors.ts";
import { ZonefileFetcher } from "../../src/lightnode/serve/zonefile-fetcher.ts";
import { zonefilesIn } from "../../src/lightnode/zonefile-store.ts";
import { fromUtf8 } from "../../src/primitives/bytes.ts";
import { hashOf } from "../support/named-log.ts";

const TEXT = "$ORIGIN alice.test\n";
const HASH = hashOf(TEXT);
const directory = () => mkdtempSync(join(tmpdir(), "bsk-zonefiles-"));

describe("on disk", () => {
  test("what was kept is there, for the next process too", () => {
    const at = directory();
    expect(zonefilesIn(at).get(HASH)).toBeNull();
    zonefilesIn(at).put(HASH, fromUtf8(TEXT));
    expect(Uint8Array.from(zonefilesIn(at).get(HASH)!)).toEqual(fromUtf8(TEXT));
  });

  test("with any bit changed it is not given", () => {
    const at = directory();
    zonefilesIn(at).put(HASH, fromUtf8(TEXT));
    const path = join(at, HASH.slice(0, 2), HASH);
    const bytes = readFileSync(path);
    for (let i = 0; i < bytes.length; i++) {
      const damaged = Uint8Array.from(bytes);
      damaged[i] = (damaged[i] ?? 0) ^ 1;
      writeFileSync(path, damaged);
      expect(zonefilesIn(at).get(HASH)).toBeNull();
    }
  });

  test("a disk that does not take it is no error", () => {
    const file = join(directory(), "file");
    writeFileSync(file, "");
    zonefilesIn(file).put(HASH, fromUtf8(TEXT));
    expect(zonefilesIn(file).get(HASH)).toBeNull();
  });
});

describe("a server", () => {
  const nodeThat = (zonefile: () => Promise<Uint8Array | null>) => {
    const asked = { times: 0 };
    const node = {
      url: "https://files.example",
      putZonefile: () => Promise.reject(new BskError("rejected", "not announced")),
      zonefile: () => {
        asked.times++;
        return zonefile();
      },
    };
    return { node, asked };
  };

  test("asks once for what many want at the same time, and keeps it", async () => {
    let give: (bytes: Uint8Array) => void = () => undefined;
    const { node, asked } = nodeThat(() => new Promise((resolve) => (give = resolve)));
    const fetcher = new ZonefileFetcher(zonefilesIn(directory()), [node], () => 0);
    const all = Promise.all([fetcher.fetch(HASH), fetcher.fetch(HASH), fetcher.fetch(HASH)]);
    give(fromUtf8(TEXT));
    await all;
    expect(asked.times).toBe(1);
    expect(fetcher.get(HASH)).not.toBeNull();
  });

  test("does not ask again at once for what nobody has, or lies about; later it does", async () => {
    const lie = () => Promise.reject(new BskError("refuted", "other bytes", { rule: "zonefile-hash" }));
    for (const answer of [() => Promise.resolve(null), lie]) {
      let now = 0;
      const { node, asked } = nodeThat(answer);
      const fetcher = new ZonefileFetcher(zonefilesIn(directory()), [node], () => now);
      await fetcher.fetch(HASH);
      await fetcher.fetch(HASH);
      expect([asked.times, fetcher.get(HASH)]).toEqual([1, null]);
      now = 60_000;
      await fetcher.fetch(HASH);
      expect(asked.times).toBe(2);
    }
  });

  test("asks for so many at a time and no more", async () => {
    const { node, asked } = nodeThat(() => new Promise(() => undefined));
    const fetcher = new ZonefileFetcher(zonefilesIn(directory()), [node], () => 0);
    for (let i = 0; i < 100; i++) void fetcher.fetch(hashOf(`file ${i}`));
    await fetcher.fetch(hashOf("one more")); // at once: it is not asked for
    expect(asked.times).toBe(16);
  });

  test("keeps what a node took, and nothing that none of them takes", async () => {
    const { node } = nodeThat(() => Promise.resolve(null));
    const refusing = new ZonefileFetcher(zonefilesIn(directory()), [node], () => 0);
    await refusing.publish(fromUtf8(TEXT));
    expect(refusing.get(HASH)).toBeNull();
    const taking = { ...node, putZonefile: () => Promise.resolve() };
    const fetcher = new ZonefileFetcher(zonefilesIn(directory()), [node, taking], () => 0);
    await fetcher.publish(fromUtf8(TEXT));
    expect(fetcher.get(HASH)).not.toBeNull();
  });
});
