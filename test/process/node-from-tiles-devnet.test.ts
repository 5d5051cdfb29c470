/** A full node out of another's tiles, on a real chain with names that a wallet registered; and a third out of its files. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bsk } from "../support/bsk.ts";
import { answerOf, type Home, startBsk, until, useTown } from "../support/town.ts";

const town = useTown();
const root = mkdtempSync(join(tmpdir(), "bsk-test-tiles-devnet-"));
let home: Home;
afterAll(() => rmSync(root, { recursive: true, force: true }));

beforeAll(async () => {
  home = await town().rich();
  const ok = async (...argv: readonly string[]): Promise<void> => {
    const { code, err } = await home.run([...argv, "--yes"]);
    expect({ code, err }).toMatchObject({ code: 0 });
  };
  await ok("namespace", "preorder", "tiled");
  await ok("namespace", "reveal", "tiled", "--buckets", "1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1");
  await ok("namespace", "ready", "tiled");
  await ok("register", "alice.tiled");
  await ok("revoke", "alice.tiled");
  await ok("register", "bob.tiled");
}, 240_000);

/** Runs a node on a directory of its own, from tiles, until it has the whole chain; then what `fsck` says. */
async function nodeFrom(where: string, directory: string, pin: string) {
  const environment = { ...home.environment, BSK_HOME: directory };
  const { child, ended } = startBsk(
    ["node", "start", "--network", "regtest", "--port", "0", "--from-tiles", where, "--pin", pin],
    environment,
  );
  let told = "";
  child.stderr!.on("data", (text: string) => (told += text));
  const isOver = (): boolean => child.exitCode !== null;
  await until(() => isOver() || told.includes('"started"'));
  const url = /"url":"([^"]+)"/u.exec(told)?.[1] ?? "";
  await until(async () => isOver() || (await fetch(`${url}/ready`)).status === 200);
  child.kill("SIGTERM");
  expect({ ...(await ended), told }).toMatchObject({ code: 0, told: expect.stringContaining('"from-tiles"') });
  const fsck = await bsk(["node", "fsck", "--network", "regtest", "--pin", pin, "--json"], { environment });
  return answerOf(fsck);
}

test("the same digest: from a node over HTTP, and from the files that the new node writes", async () => {
  const { node } = town();
  const pinned = node.store.tip()!.height;
  const pin = `${pinned}:${node.store.consensusHashAt(pinned)!}`;
  for (let i = 0; i < 3; i++) await town().mine();
  const digest = node.store.digest();
  const height = node.store.tip()!.height;

  const second = join(root, "second");
  const same = { code: 0, data: { height, digest, repaired: null, fromTilesUpTo: pinned } };
  expect(await nodeFrom(node.url, second, pin)).toMatchObject(same);

  const files = join(root, "files");
  const environment = { ...home.environment, BSK_HOME: second };
  const written = answerOf(
    await bsk(["node", "export", "tiles", files, "--network", "regtest", "--json"], { environment }),
  );
  expect(written).toMatchObject({ code: 0, data: { height } });
  expect(await nodeFrom(files, join(root, "third"), pin)).toMatchObject(same);
});
