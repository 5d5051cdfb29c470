/** `bsk audit` and attached proofs, on a machine with a verified log: claims by the thousand, in every form. */
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { Name } from "../../src/primitives/name.ts";
import { nameStateAt } from "../../src/verify/name-state.ts";
import { startLog } from "../../src/verify/op-log.ts";
import { BIN, bsk } from "../support/bsk.ts";
import { replayedChain } from "../support/hashed-chain.ts";
import { serveVector, type ServedVector } from "../support/served-vector.ts";

let served: ServedVector;
let file: (name: string, text: string) => string;
/** True claims, as fields. */
let truths: readonly Readonly<Record<"name" | "owner" | "state" | "zonefileHash", string>>[];

const audit = (path: string, ...more: readonly string[]) =>
  bsk(["audit", path, "--network", "proven", ...more], { environment: served.environment });
const findingsOf = (out: string) =>
  out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
const csv = (rows: typeof truths) =>
  [
    "name,owner,state,zonefileHash",
    ...rows.map((row) => [row.name, row.owner, row.state, row.zonefileHash].join()),
  ].join("\n");

beforeAll(async () => {
  served = await serveVector();
  const { path, network, home, pin, url } = served;
  file = (name, text) => {
    const at = join(home, name);
    writeFileSync(at, text);
    return at;
  };
  const chain = replayedChain(path);
  const log = startLog(chain.firstBlock);
  for (let height = chain.firstBlock as number; height <= chain.tip; height++) log.append(chain.operationsAt(height));
  truths = [...log.subjects()]
    .filter((subject) => subject.includes("."))
    .map((name) => {
      const state = nameStateAt(log, name as Name, chain.tip, network);
      const isOwned = state.kind === "live" || state.kind === "grace";
      return {
        name,
        owner: isOwned ? state.record.address : "",
        state: isOwned ? "registered" : state.kind === "lapsed" ? "expired" : state.kind,
        zonefileHash: isOwned ? (state.record.valueHash ?? "") : "",
      };
    });
  expect((await served.run("pin", "set", pin)).code).toBe(0);
  expect((await served.run("light", "sync", "--from", url)).code).toBe(0);
  return () => served.stop();
});

describe("thousands of claims", () => {
  test("that are true, as CSV: one finding each, in order, and exit 0", async () => {
    const rows = Array.from({ length: 5000 }, (_, i) => truths[i % truths.length]!);
    const { code, out } = await audit(file("true.csv", csv(rows)), "--format", "jsonl", "--require", "complete");
    const findings = findingsOf(out);
    expect(findings.filter(({ verdict }) => verdict !== "confirmed").slice(0, 3)).toEqual([]);
    expect(code).toBe(0);
    expect(findings.length).toBe(rows.length);
    findings.forEach((finding, i) => {
      const { name, state } = rows[i]!;
      expect(finding).toMatchObject({ line: i + 2, subject: name, verdict: "confirmed", state, level: "complete" });
    });
  });

  test("of which one is not true: exit 3, and the others are judged", async () => {
    const owned = truths.filter(({ owner }) => owner !== "");
    const rows = Array.from({ length: 3000 }, (_, i) => owned[i % owned.length]!);
    const other = owned.find(({ owner }) => owner !== rows[1234]!.owner)!;
    const lying = rows.with(1234, { ...rows[1234]!, owner: other.owner });
    const { code, out } = await audit(file("lying.csv", csv(lying)), "--format", "jsonl");
    expect(code).toBe(3);
    const wrong = findingsOf(out).filter(({ verdict }) => verdict !== "confirmed");
    expect(wrong).toMatchObject([{ line: 1236, verdict: "refuted", owner: rows[1234]!.owner }]);
  });

  test("as JSON lines, as an array, and as plain lines, say the same", async () => {
    const owned = truths.filter(({ owner }) => owner !== "");
    const forms = {
      "all.jsonl": owned.map((row) => JSON.stringify(row)).join("\n"),
      "all.json": JSON.stringify(owned, null, 2),
      "all.txt": owned.map(({ name, owner }) => `${name} ${owner}`).join("\n"),
    };
    const answers = await Promise.all(
      Object.entries(forms).map(([name, text]) => audit(file(name, text), "--format", "jsonl")),
    );
    for (const { code, out } of answers) {
      expect(code).toBe(0);
      expect(findingsOf(out).map(({ subject }) => subject)).toEqual(owned.map(({ name }) => name));
    }
  });

  test("stopped in the middle: exit 130, and what was written is whole lines", async () => {
    const argv = [BIN, "audit", "-", "--network", "proven", "--format", "jsonl"];
    const child = spawn(process.execPath, argv, { env: served.environment });
    let out = "";
    const line = `${truths[0]!.name} ${truths[0]!.state}\n`;
    const feeding = setInterval(() => child.stdin.write(line.repeat(200)), 5);
    child.stdin.on("error", () => undefined);
    const started = new Promise<void>((resolve) => {
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        out += text;
        if (out.length > 10_000) resolve();
      });
    });
    const ended = new Promise<number | null>((resolve) => child.on("close", (code) => resolve(code)));
    await started;
    child.kill("SIGINT");
    expect(await ended).toBe(130);
    clearInterval(feeding);
    expect(out.endsWith("\n")).toBe(true);
    for (const finding of findingsOf(out)) expect(finding["verdict"]).toBeDefined();
  });
});

describe("claims of every kind", () => {
  test("absence, addresses, zone files, and lines that are no claim, each by its number", async () => {
    const { name, owner, zonefileHash } = truths.find((row) => row.zonefileHash !== "")!;
    const zonefile = file("zone.txt", "not its zone file");
    const lines = [
      { name: "nobody.nowhere", state: "absent" },
      { owner },
      { name, zonefileHash },
      { name, zonefile },
      { name: "nobody.nowhere" },
      { name: "no name at all" },
      { name, zonefile: "/nowhere/at/all" },
      { name, colour: "red" },
    ];
    const text = [...lines.map((line) => JSON.stringify(line)), "{", ""].join("\n");
    const { code, out } = await audit(file("kinds.jsonl", text), "--format", "jsonl");
    expect(code).toBe(3);
    expect(findingsOf(out).map(({ line, verdict }) => [line, verdict])).toEqual([
      [1, "confirmed"],
      [2, "confirmed"],
      [3, "confirmed"],
      [4, "refuted"],
      [5, "refuted"],
      [6, "bad-line"],
      [7, "unproven"],
      [8, "bad-line"],
      [9, "bad-line"],
    ]);
  });

  test("proofs, portable and attached, of which one is changed", async () => {
    const { home } = served;
    // Nobody answers there: what is proven comes from the log on this machine.
    const nowhere = "http://127.0.0.1:9";
    const { name, owner } = truths.find((row) => row.owner !== "" && !row.name.startsWith("-"))!;
    const portable = join(home, "portable.proof");
    const attached = join(home, "attached.proof");
    expect((await served.run("prove", name, "-o", portable, "--node", nowhere)).code).toBe(0);
    const more = ["--attached", "--level", "complete"];
    expect((await served.run("prove", name, "-o", attached, "--node", nowhere, ...more)).code).toBe(0);
    const absent = await served.run("prove", "nobody.nowhere", "--level", "complete", "--node", nowhere);
    expect(absent).toMatchObject({ code: 0, data: { state: "absent", level: "complete" } });
    expect(await served.run("verify", attached)).toMatchObject({ code: 0, data: { level: "complete", name } });
    const list = file("proofs.txt", `${portable}\n${attached}\n`);
    expect((await audit(list, "--require", "complete")).code).toBe(4);
    const { code, out } = await audit(list, "--format", "jsonl", "--require", "placed");
    expect(code).toBe(0);
    expect(findingsOf(out)).toMatchObject([
      { subject: name, verdict: "confirmed", level: "placed", owner },
      { subject: name, verdict: "confirmed", level: "complete", owner },
    ]);
    const changed = file("changed.proof", "{}");
    expect((await audit(file("changed.txt", `${changed}\n${portable}`))).code).toBe(3);
  });

  test("for people, spreadsheets and browsers", async () => {
    const claims = file("three.txt", `${truths[0]!.name} ${truths[0]!.state}\nnobody.nowhere\n<b>.id x y\n`);
    const [people, sheet, page] = await Promise.all([
      audit(claims),
      audit(claims, "--format", "csv"),
      audit(claims, "--format", "html"),
    ]);
    expect(people.out).toContain("1 confirmed, 1 refuted, 0 unproven, 1 lines that are no claim");
    expect(people.err).toContain("not all is as claimed");
    expect(sheet.out.split("\n")[0]).toBe("line,verdict,subject,level,state,owner,zonefileHash,expires,because");
    expect(page.out).toMatch(/^<!doctype html>.*<\/html>\s*$/su);
    expect([people.code, sheet.code, page.code]).toEqual([3, 3, 3]);
  });

  test("a file that is none, and a JSON array that is none: exit 2", async () => {
    expect((await audit("/nowhere/claims")).code).toBe(2);
    expect((await audit(file("broken.json", '["a.id",'))).code).toBe(2);
    expect((await audit(file("only-bad.txt", "x.y z w\n"))).code).toBe(2);
  });
});
