import { expect, test } from "vitest";
import { BskError } from "../../src/errors.ts";
import { evidenceBook, type EvidenceStore } from "../../src/lightnode/evidence-book.ts";
import type { Evidence } from "../../src/verify/evidence.ts";
import { readEvidence } from "../../src/verify/evidence-file.ts";
import { answeringChain } from "../support/answers.ts";
import { replayedChain } from "../support/hashed-chain.ts";
import { replayVectors } from "../support/vectors.ts";

const world = answeringChain(replayedChain(replayVectors("fuzz")[0]!.path));
const height = world.chain.tip - 3;
const [NAME] = world.names as [(typeof world.names)[number]];

function against(node: string, at = height): Evidence {
  return {
    network: world.network,
    pin: world.chain.anchorAt(at),
    at: "2026-01-02T03:04:05.000Z",
    said: { node, answer: world.answer(NAME, at, () => true) },
    shown: { node: "https://honest.example", answer: world.answer(NAME, at) },
    ancestry: null,
  };
}

function store(more: Partial<EvidenceStore> = {}) {
  const files = new Map<string, string>();
  const kept: EvidenceStore = {
    list: () => Promise.resolve([...files.keys()]),
    pathOf: (file) => `/evidence/${file}`,
    write: (file, text) => {
      files.set(file, text);
      return Promise.resolve();
    },
    ...more,
  };
  return { files, book: evidenceBook(kept) };
}

test("a falsehood is kept once, whenever it is told again; another one is another file", async () => {
  const { files, book } = store();
  const evidence = against("https://liar.example");
  const path = await book.keep(evidence);
  const tip = { ...evidence.said.answer.tip, time: 1 };
  const again = {
    ...evidence,
    at: "2027-01-02T03:04:05.000Z",
    said: { ...evidence.said, answer: { ...evidence.said.answer, tip } },
  };
  expect(await book.keep(again)).toBe(path);
  expect([...files.keys()].map((file) => `/evidence/${file}`)).toEqual([path]);
  expect(path).toMatch(new RegExp(`^/evidence/${NAME.replace(".", "\\.")}-[0-9a-f]{16}\\.json$`, "u"));
  expect([...files.values()].map(readEvidence)).toEqual([evidence]);
  expect(await book.keep(against("https://other.example"))).not.toBe(path);
  expect(await book.keep(against("https://liar.example", height - 1))).not.toBe(path);
  expect(files.size).toBe(3);
});

test("there is an end to it, and what was kept first stays", async () => {
  const { files, book } = store();
  for (let i = 0; i < 100; i++) expect(await book.keep(against(`https://${i}.example`))).not.toBeNull();
  expect(await book.keep(against("https://last.example"))).toBeNull();
  expect(await book.keep(against("https://0.example"))).not.toBeNull();
  expect(files.size).toBe(100);
});

test("an answer of any size fills no disk", async () => {
  const { files, book } = store();
  const evidence = against("https://liar.example");
  const operation = { ...evidence.shown!.answer.operation!, zonefile: new Uint8Array(300_000) };
  const answer = { ...evidence.said.answer, operation };
  expect(await book.keep({ ...evidence, said: { ...evidence.said, answer } })).toBeNull();
  expect(files.size).toBe(0);
});

test("what another process keeps at the same moment is the same; a full disk is an error", async () => {
  const failing = (kind: "usage" | "machine") =>
    store({ write: () => Promise.reject(new BskError(kind, "no")) }).book.keep(against("https://liar.example"));
  expect(await failing("usage")).not.toBeNull();
  await expect(failing("machine")).rejects.toThrow("no");
});
