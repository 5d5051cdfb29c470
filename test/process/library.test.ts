/** `bsk/verify` as other programs get it: out of the packed files, in Node and in a real browser. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { readReplayFile } from "../../src/chain/replay-file.ts";
import { networkOf } from "../../src/protocol/network-definition.ts";
import { formatNetworkDefinition } from "../../src/protocol/network-json.ts";
import { writeBundle } from "../../src/verify/bundle-file.ts";
import { PROOF_LEVELS, type ProofLevel } from "../../src/verify/bundle.ts";
import type * as Library from "../../src/verify/library.ts";
import { proveBundle } from "../../src/verify/prove-bundle.ts";
import { replayedChain } from "../support/hashed-chain.ts";
import { provableChain } from "../support/provable-chain.ts";
import { describeWith, pathOf } from "../support/tools.ts";
import { replayVectors } from "../support/vectors.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const place = mkdtempSync(join(tmpdir(), "bsk-library-"));
const installed = join(place, "node_modules", "bsk");

/** What a program that uses the library has: proofs, the pin that it trusts, and the network as a file. */
let proofs: Record<ProofLevel, string>;
let trust: { readonly pin: string; readonly network: string };
let name: string;

beforeAll(async () => {
  const { path } = replayVectors("fuzz")[0]!;
  const replay = await readReplayFile(path);
  const network = networkOf({ ...replay.network, name: "proven" });
  const hashed = replayedChain(path);
  const chain = provableChain(hashed, network.id);
  name = chain.names[0]!;
  proofs = Object.fromEntries(
    PROOF_LEVELS.map((level) => {
      const made = proveBundle(chain.request(chain.names[0]!, { level }), chain);
      if (made.kind !== "made") throw new Error(made.because);
      return [level, writeBundle(made.bundle)];
    }),
  ) as typeof proofs;
  trust = {
    pin: `${hashed.tip}:${hashed.consensusHashAt(hashed.tip)}`,
    network: formatNetworkDefinition(network),
  };
  // Without scripts: dist/ stands, and other tests are using it.
  execFileSync("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", place], { cwd: ROOT });
  const [packed] = readdirSync(place).filter((file) => file.endsWith(".tgz"));
  mkdirSync(installed, { recursive: true });
  execFileSync("tar", ["-xzf", join(place, packed!), "-C", installed, "--strip-components=1"]);
  writeFileSync(join(place, "package.json"), '{"type":"module"}');
});

/** A hash of the walk changed: the first digit of its text behind "consensusHashes". */
const tampered = (proof: string): string =>
  proof.replace(
    /("consensusHashes": ")(.)/u,
    (_, before: string, digit: string) => before + (digit === "A" ? "B" : "A"),
  );

describe("installed from the package, in Node", () => {
  const load = async () => {
    writeFileSync(join(place, "use.mjs"), 'export * from "bsk/verify";');
    return (await import(pathToFileURL(join(place, "use.mjs")).href)) as typeof Library;
  };

  test("checks proofs of every level", async () => {
    const { verifyBundle } = await load();
    for (const level of PROOF_LEVELS) {
      const result = verifyBundle(proofs[level], trust);
      expect(result).toMatchObject({ kind: "proven", name, record: { name } });
      if (level !== "included") expect(result).toMatchObject({ level, height: expect.any(Number) });
      const [height, consensusHash] = trust.pin.split(":") as [string, string];
      expect(verifyBundle(proofs[level], { ...trust, pin: { height: Number(height), consensusHash } })).toEqual(result);
    }
  });

  test("refuses what is tampered with, of another network, or no proof; and says what is missing", async () => {
    const { verifyBundle } = await load();
    expect(verifyBundle(tampered(proofs.placed), trust)).toMatchObject({
      kind: "refuted",
      because: expect.any(String),
    });
    expect(verifyBundle(proofs.placed, { pin: trust.pin })).toMatchObject({ kind: "refuted" });
    expect(verifyBundle("no proof", trust)).toMatchObject({ kind: "refuted" });
    const later = trust.pin.replace(/^\d+/u, (height) => String(Number(height) + 1));
    expect(verifyBundle(proofs.placed, { ...trust, pin: later })).toMatchObject({ kind: "unproven" });
    expect(() => verifyBundle(proofs.placed, { ...trust, pin: "813" })).toThrow("not a pin");
    expect(() => verifyBundle(proofs.placed, { ...trust, network: "nonet" })).toThrow();
  });

  test("is one file that imports nothing, with types that stand alone", () => {
    const code = readFileSync(join(installed, "dist", "verify.js"), "utf8");
    expect(code).not.toMatch(/\b(?:import|require)\s*[("{*]|\bfrom\s*["']/u);
    expect(code.length).toBeLessThan(64 * 1024);
    writeFileSync(
      join(place, "use.ts"),
      [
        'import { type Result, verifyBundle } from "bsk/verify";',
        'const result: Result = verifyBundle("", { pin: { height: 1, consensusHash: "" }, network: "regtest" });',
        'export const owner: string | null = result.kind === "proven" ? result.owner : null;',
        "// @ts-expect-error: a level is one of three",
        'export const wrong = result.kind === "proven" && result.level === "claimed";',
        "",
      ].join("\n"),
    );
    const tsc = join(ROOT, "node_modules", "typescript", "bin", "tsc");
    const options = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2022", "use.ts"];
    const compiled = spawnSync(process.execPath, [tsc, ...options], { cwd: place, encoding: "utf8" });
    expect(compiled.stdout).toBe("");
    expect(compiled.status).toBe(0);
  });
});

/** As a web page would use it. */
const PAGE =
  '<!doctype html><title>bsk</title><script type="module">import * as bsk from "/verify.js"; globalThis.bsk = bsk;</script>';

describeWith("chromium", "chromium")("in a browser", () => {
  let browser: Browser;
  let url: string;

  beforeAll(async () => {
    const server = createServer((request, response) => {
      const isLibrary = request.url === "/verify.js";
      response.setHeader("content-type", isLibrary ? "text/javascript" : "text/html");
      response.end(isLibrary ? readFileSync(join(installed, "dist", "verify.js")) : PAGE);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    browser = await chromium.launch({
      executablePath: pathOf("chromium") ?? "",
      args: ["--no-sandbox", "--disable-background-networking", "--disable-dev-shm-usage"],
    });
    return async () => {
      await browser.close();
      await new Promise((resolve) => server.close(resolve));
    };
  });

  test("checks a proof with the network cut off, and refuses one that is tampered with", async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(url);
    const library = await page.waitForFunction(() => (globalThis as { bsk?: typeof Library }).bsk);
    await context.setOffline(true);
    const check = (text: string) =>
      library.evaluate((bsk, [proof, given]) => bsk?.verifyBundle(proof, given), [text, trust] as const);
    for (const level of PROOF_LEVELS) {
      const result = await check(proofs[level]);
      expect(result).toMatchObject({ kind: "proven", name });
      if (level !== "included") expect(result).toMatchObject({ level });
      expect(await check(tampered(proofs[level]))).not.toMatchObject({ kind: "proven" });
    }
    await context.close();
  });
});
