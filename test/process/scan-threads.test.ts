/** Block files read by threads, and by `bsk node start` as a process. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BITCOIN_CHAINS } from "../../src/bitcoin/parameters.ts";
import { BlockFiles } from "../../src/chain/block-files/block-files.ts";
import { type ReplayFile, readReplayFile } from "../../src/chain/replay-file.ts";
import { blockFileSource } from "../../src/fullnode/block-file-source.ts";
import { fromHex } from "../../src/primitives/bytes.ts";
import { BUILT_IN, networkOf } from "../../src/protocol/network-definition.ts";
import { bnsMachine } from "../../src/rules/machine.ts";
import { BlockDirectoryWriter, type StoredBlock } from "../support/block-directory.ts";
import { BIN, sandbox } from "../support/bsk.ts";
import { freshDigest, storedState, until } from "../support/indexed.ts";
import { chainOf } from "../support/linked-chain.ts";
import { branch } from "../support/spending-chain.ts";
import { vectorFiles } from "../support/vector.ts";

const root = mkdtempSync(join(tmpdir(), "bsk-test-scan-threads-"));
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(root, { recursive: true, force: true });
});
const bitcoin = BITCOIN_CHAINS.regtest;
const regtest = networkOf(BUILT_IN.find(({ name }) => name === "regtest")!);
const vector = vectorFiles().find(({ name }) => name.includes("fuzz_e2"))!;

let file: ReplayFile;
let chain: StoredBlock[];
beforeAll(async () => {
  file = await readReplayFile(vector.path);
  chain = await chainOf(file);
});

const source = ({ path }: BlockDirectoryWriter, threads: number, checkMerkle = false) =>
  blockFileSource({ files: new BlockFiles({ path, bitcoin }), threads, checkMerkle });

describe("threads", () => {
  test("find what one finds alone, in the same order", async () => {
    const written = new BlockDirectoryWriter(join(root, "threads"), fromHex("a1b2c3d4e5f60718"));
    written.add(0, chain);
    const alone = await freshDigest(source(written, 0), file.network);
    for (const threads of [1, 3]) expect(await freshDigest(source(written, threads), file.network)).toBe(alone);
  });

  test("tell what is wrong as one does alone", async () => {
    const written = new BlockDirectoryWriter(join(root, "damaged"));
    written.add(0, chain);
    const bytes = readFileSync(written.file("blk", 0));
    const at = chain.slice(0, 750).reduce((size, { raw }) => size + 8 + raw.length, 0) - 2;
    bytes[at] = bytes[at]! ^ 1;
    writeFileSync(written.file("blk", 0), bytes);
    const failed = { kind: "refuted", rule: "merkle-root", message: expect.stringContaining("block 749 ") };
    for (const threads of [0, 2]) {
      await expect(freshDigest(source(written, threads, true), file.network)).rejects.toMatchObject(failed);
    }
  });

  test("end when nobody asks any more", async () => {
    const written = new BlockDirectoryWriter(join(root, "left"));
    written.add(0, chain);
    const marks = bnsMachine(file.network);
    const { scan } = source(written, 2);
    for await (const { height } of scan!({ magic: marks.magic, opcodes: marks.opcodes }, 1, chain.length - 1)) {
      if (height === 10) break;
    }
    // A thread that went on would keep this process alive and its count of handles up.
    expect(process.getActiveResourcesInfo()).not.toContain("MessagePort");
  });
});

test("bsk node start --blocks indexes the files, follows them as they grow, and stops", async () => {
  const long = [chain[0]!, ...branch(chain[0]!, 0, 300, 1)];
  const written = new BlockDirectoryWriter(join(root, "core"), fromHex("0011223344556677"));
  written.add(0, long.slice(0, 200));
  const home = join(root, "home");
  const environment = { ...sandbox(), BSK_HOME: home };
  const argv = ["node", "start", "--network", "regtest", "--port", "0", "--blocks", written.path, "--check-merkle"];
  const child = spawn(process.execPath, [BIN, ...argv], { env: environment, stdio: ["ignore", "ignore", "pipe"] });
  children.push(child);
  let told = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (told += text));
  await until("the first blocks", () => told.includes('"height":199,') || child.exitCode !== null);
  written.add(0, long.slice(200, 250));
  written.add(1, long.slice(250));
  await until("the new blocks", () => told.includes('"height":300,') || child.exitCode !== null);
  expect(child.exitCode).toBeNull();
  child.kill("SIGTERM");
  await once(child, "close");
  expect(child.exitCode).toBe(0);
  expect(storedState(join(home, "regtest", "node"), regtest)).toEqual({
    height: 300,
    digest: await freshDigest(source(written, 0), regtest),
  });
});

test("bsk node start --blocks finds a wrong Merkle root where no operation is, if asked to", async () => {
  const long = [chain[0]!, ...branch(chain[0]!, 0, 150, 1)];
  const raw = long[70]!.raw.slice();
  raw[raw.length - 1]! ^= 1; // of the lock time of its last transaction
  const written = new BlockDirectoryWriter(join(root, "wrong"));
  written.add(0, long.with(70, { ...long[70]!, raw }));
  const ended = async (...more: string[]) => {
    const environment = { ...sandbox(), BSK_HOME: join(root, `wrong-${more.length}`) };
    const argv = ["node", "start", "--network", "regtest", "--port", "0", "--blocks", written.path, ...more];
    const child = spawn(process.execPath, [BIN, ...argv], { env: environment, stdio: ["ignore", "ignore", "pipe"] });
    children.push(child);
    let told = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (told += text));
    await until("the tip or the end", () => told.includes('"height":150,') || child.exitCode !== null);
    child.kill("SIGTERM");
    if (child.exitCode === null) await once(child, "close");
    return { code: child.exitCode, told };
  };
  expect(await ended()).toMatchObject({ code: 0 });
  expect(await ended("--check-merkle")).toMatchObject({ code: 3, told: expect.stringContaining("block 70 ") });
});
