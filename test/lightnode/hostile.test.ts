/** Answers that were spoilt at every place, against every reader of a light client: refused, or the same as before. */
import { describe, expect, test } from "vitest";
import { ParseError } from "../../src/errors.ts";
import {
  readHistory,
  readName,
  readNames,
  readNamespace,
  readNameStatus,
  readTransaction,
} from "../../src/lightnode/wire.ts";
import { readInfo } from "../../src/lightnode/wire-info.ts";
import { networkId } from "../../src/primitives/hash.ts";
import { type Name, name } from "../../src/primitives/name.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import { proveAncestry, verifyAncestry } from "../../src/verify/ancestry.ts";
import { checkAnswer, type CheckedAnswer, type NameAnswer } from "../../src/verify/answer.ts";
import { readAncestry, readAnswer, writeAncestry, writeAnswer } from "../../src/verify/answer-file.ts";
import { proveRecord } from "../../src/verify/proof.ts";
import { readTileIndex } from "../../src/verify/tile-index.ts";
import { answeringChain, type Place } from "../support/answers.ts";
import { INFO_JSON, recordJson } from "../support/canned-node.ts";
import { REGTEST } from "../support/fake-node.ts";
import { replayedChain, toyHashes } from "../support/hashed-chain.ts";
import { droppedFields, flippedBytes, spoiltLists, wrongKinds } from "../support/mutations.ts";
import { replayVectors } from "../support/vectors.ts";

const world = answeringChain(
  replayedChain(replayVectors("scenarios").find(({ vector }) => vector === "wallets_kinds")!.path),
);
const { chain } = world;
/** A name with two operations on it, and a pin soon after: the answer is small, and can be spoilt at every byte. */
const [NAME, before, last] = world.names
  .map((each): [Name, Place | undefined, Place | undefined] => [
    each,
    ...(world.on(each, chain.tip).slice(-2) as [Place, Place]),
  ])
  .find(([, one, other]) => one !== undefined && other !== undefined && one.height < other.height) as [
  Name,
  Place,
  Place,
];
const PIN = Math.min(last.height + 1, chain.tip);
const asked = world.asked(NAME, PIN);
const answer = world.answer(NAME, PIN);
const honest = checkAnswer(answer, asked);

/** What a client makes of a text: null where it cannot be read. Anything but a ParseError is a crash. */
function read<T>(parse: () => T): T | null {
  try {
    return parse();
  } catch (error) {
    if (error instanceof ParseError) return null;
    throw error;
  }
}

const checked = (text: string): CheckedAnswer | null => {
  const found = read(() => readAnswer(text));
  return found === null ? null : checkAnswer(found, asked);
};
const spelled = (value: unknown): string => `${JSON.stringify(value, null, 1)}\n`;
const json = JSON.parse(writeAnswer(answer)) as unknown;

describe("an answer", () => {
  /** The node's word, which proves nothing and is shown as what it is: another one may stand there. */
  const WORDS = ["tip", "later"] as const;
  const words = ({ upTo, ...rest }: NameAnswer): string => JSON.stringify([WORDS.map((key) => rest[key]), upTo?.time]);

  function expectRefused(text: string): void {
    const found = checked(text);
    if (found?.kind !== "answered" || text === writeAnswer(answer)) return;
    const told = readAnswer(text);
    // What is left out is left out: the node says that there is none, and proves nothing by that.
    const silent = { ...found, zonefile: null };
    for (const part of ["operation", "namespace"] as const) {
      if (told[part] === null) expect(found[part]).toBeNull();
      else
        expect({ text, part: silent[part] }).toEqual({ text, part: honest.kind === "answered" ? honest[part] : null });
    }
    if (told.operation !== null && told.namespace !== null) expect(words(told)).not.toBe(words(answer));
  }

  test("with a bit of any byte turned", () => {
    expect(honest.kind).toBe("answered");
    for (const text of flippedBytes(writeAnswer(answer))) expectRefused(text);
  });

  test("with any field dropped", () => {
    for (const value of droppedFields(json)) expect(checked(spelled(value))).toBeNull();
  });

  test("with any list turned round, shortened or lengthened, or an item twice", () => {
    let count = 0;
    for (const value of spoiltLists(json)) {
      const found = checked(spelled(value));
      // A list turned round may put the same hashes under other labels, which says the same (spec 04 §7.1).
      if (found?.kind === "answered") expect(found).toEqual(honest);
      count++;
    }
    expect(count).toBeGreaterThan(20);
  });

  test("with anything of another kind or size", () => {
    for (const value of wrongKinds(json)) expectRefused(spelled(value));
  });
});

describe("a proof of ancestry", () => {
  const proof = world.ancestry(last, before);
  const found = checkAnswer(answer, asked);
  const older = checkAnswer(
    world.answer(NAME, PIN, ({ text }) => text === last.text),
    asked,
  );
  if (found.kind !== "answered" || older.kind !== "answered") throw new Error("the chain has both operations");
  const pair = { later: found.operation!, earlier: older.operation! };
  const proves = (text: string): boolean => {
    const given = read(() => readAncestry(text));
    return given !== null && verifyAncestry(given, pair, asked).kind === "proven";
  };

  test("with a bit of any byte turned, any field dropped, any list or value spoilt", () => {
    const text = writeAncestry(proof);
    expect(proves(text)).toBe(true);
    const value = JSON.parse(text) as Record<string, unknown>;
    for (const other of flippedBytes(text)) {
      // The label of the earlier block says only how many leaves there are: another one with as many is as good.
      const given = read(() => readAncestry(other));
      if (given === null || given.earlier !== proof.earlier) continue;
      expect({ other, proves: proves(other) }).toEqual({ other, proves: false });
    }
    for (const other of droppedFields(value)) expect(proves(spelled(other))).toBe(false);
    for (const other of wrongKinds(value)) expect(proves(spelled(other))).toBe(false);
    for (const list of ["opsHashes", "consensusHashes"]) {
      const of = value[list] as unknown[];
      for (const other of [of.slice(1), of.slice(0, -1), [...of, of[0]], [...of, ...of]]) {
        expect(proves(spelled({ ...value, [list]: other }))).toBe(false);
      }
    }
  });
});

test("a record that is moved to another height by other labels: no height is claimed (spec 04 §7.1)", () => {
  const toy = { ...toyHashes("epoch3-snv-chain.json"), network: networkId("ab".repeat(32)) };
  const pin = toy.anchorAt(140);
  const old = toy.operationsAt(133)[0]!;
  const labels = new Map([[139, 133], [133, 139], [138, 132], [136, 130], [132, 126], [124, 118], [108, 102]]); // prettier-ignore
  const behind = (height: number): number => labels.get(height) ?? height;
  const lying = {
    ...toy,
    opsHashAt: (height: number) => toy.opsHashAt(height === 140 ? 140 : behind(height)),
    consensusHashAt: (height: number) => toy.consensusHashAt(behind(height)),
    operationsAt: (height: number) => toy.operationsAt(behind(height)),
  };
  const moved = proveRecord(old, blockHeight(139), pin, lying);
  const subject = name(moved.subject);
  const told = { ...pin, time: 0 };
  const { network, firstBlock } = toy;
  const found = checkAnswer(
    { network, name: subject, tip: told, upTo: told, operation: moved, namespace: null, later: null },
    { name: subject, pin, network, firstBlock },
  );
  expect(found).toMatchObject({ kind: "answered", operation: { text: old, block: { height: null } } });
  // Nor does the false label make it the later one: the block that was really there comes after it.
  const real = proveRecord(toy.operationsAt(139)[0]!, blockHeight(139), pin, toy);
  const later = checkAnswer(
    { network, name: subject, tip: told, upTo: told, operation: real, namespace: null, later: null },
    { name: subject, pin, network, firstBlock },
  );
  if (found.kind !== "answered" || later.kind !== "answered") throw new Error("both are proven");
  const ancestry = proveAncestry(blockHeight(139), blockHeight(133), toy);
  const pair = { later: later.operation!, earlier: found.operation! };
  expect(verifyAncestry(ancestry, pair, { network, firstBlock }).kind).toBe("proven");
});

describe("what nodes say without proof, and the index of tiles", () => {
  const on = REGTEST.bitcoin;
  const namespace = {
    ...{ namespace_id: "test", ready: true, address: recordJson("a.test")["address"], version: 1, lifetime: 10 },
    ...{ recipient_address: recordJson("a.test")["address"], block_number: 5, reveal_block: 6, ready_block: 7 },
    ...{ coeff: 1, base: 1, buckets: Array<number>(16).fill(1), nonalpha_discount: 1, no_vowel_discount: 1 },
    ...{ opcode: "NAMESPACE_READY", txid: "33".repeat(32) },
  };
  const entry = { opcode: "NAME_UPDATE", txid: "33".repeat(32), vtxindex: 1, address: namespace.address };
  const index = { network: REGTEST.id, firstBlock: 1, height: 120, tileBlocks: 2016, formats: ["spine", "oplog"] };
  const readers: readonly (readonly [what: string, value: unknown, parse: (value: unknown) => unknown])[] = [
    ["information", INFO_JSON, readInfo],
    ["the record of a name", recordJson("a.test"), (value) => readName(value, "a.test", on)],
    [
      "the state of a name",
      { ...recordJson("a.test"), status: "registered", zonefile_hash: null, last_txid: "33".repeat(32) },
      (value) => readNameStatus(value, on),
    ],
    ["a namespace", namespace, (value) => readNamespace(value, "test", on)],
    ["a history", { "100": [entry], "101": [entry, entry] }, (value) => readHistory(value, on)],
    ["a list of names", { names: ["a.test", "b.test"] }, readNames],
    [
      "a transaction",
      { lastblock: 5, tx: { status: "accepted", block_height: 4, op: "NAME_UPDATE" } },
      readTransaction,
    ],
    ["the index of tiles", index, (value) => readTileIndex(spelled(value))],
  ];

  test.each(readers)("%s: read, or refused as unreadable, and nothing else", (_, value, parse) => {
    let refused = 0;
    for (const spoilt of [...droppedFields(value), ...spoiltLists(value), ...wrongKinds(value)]) {
      if (read(() => parse(spoilt)) === null) refused++;
    }
    expect(refused).toBeGreaterThan(1);
    for (const text of flippedBytes(JSON.stringify(value))) {
      let spoilt: unknown;
      try {
        spoilt = JSON.parse(text);
      } catch {
        continue;
      }
      read(() => parse(spoilt));
    }
  });
});
