/** What the log alone says, beside what the original answered of the same chain. */
import { beforeAll, describe, expect, test } from "vitest";
import { readReplayFile } from "../../src/chain/replay-file.ts";
import { ParseError } from "../../src/errors.ts";
import type { Name } from "../../src/primitives/name.ts";
import type { Network } from "../../src/protocol/network-definition.ts";
import { nameStateAt, namesAt, namesOwnedAt } from "../../src/verify/name-state.ts";
import { type GrowingLog, startLog, verifyLog } from "../../src/verify/op-log.ts";
import { opLeaf, opsHashOf } from "../../src/verify/ops-hash.ts";
import { type HashedChain, replayedChain } from "../support/hashed-chain.ts";
import { readVector } from "../support/vector.ts";
import { replayVectors } from "../support/vectors.ts";

type Operations = (height: number) => readonly string[];

function logOf(chain: HashedChain, last: number = chain.tip, operations: Operations = chain.operationsAt): GrowingLog {
  const log = startLog(chain.firstBlock);
  for (let height = chain.firstBlock as number; height <= last; height++) log.append(operations(height));
  return log;
}

describe.each(replayVectors("scenarios", "fuzz", "integration"))("$group/$vector", (file) => {
  let chain: HashedChain;
  let log: GrowingLog;
  let network: Network;
  const { queries, finalState } = readVector({ name: file.vector, path: file.path });
  const answers = (method: string) => queries.rpc.filter((query) => query.method === method);

  beforeAll(async () => {
    ({ network } = await readReplayFile(file.path));
    chain = replayedChain(file.path);
    log = logOf(chain);
  });

  test("comes out at the pin, at every height", () => {
    for (let height = chain.firstBlock as number; height <= chain.tip; height++) {
      expect(verifyLog(chain.anchorAt(height), log).kind).toBe("proven");
    }
  });

  test("names, owners and expiry are the original's", () => {
    for (const row of finalState.name_records) {
      const state = nameStateAt(log, row["name"] as Name, chain.tip, network);
      if (state.kind === "absent") throw new Error(`no operation on ${String(row["name"])}`);
      const { record } = state;
      expect([record.address, record.valueHash, record.lastRenewed, record.txid, Number(record.revoked)]).toEqual(
        ["address", "value_hash", "last_renewed", "txid", "revoked"].map((column) => row[column]),
      );
    }
    for (const { params, result } of answers("get_name_record")) {
      const record = result["record"] as Record<string, unknown> | undefined;
      if (record === undefined) continue;
      const state = nameStateAt(log, params[0] as Name, chain.tip, network);
      if (state.kind === "absent") throw new Error(`no operation on ${params[0]!}`);
      if ("expired" in record) {
        expect(state.expires !== null && state.expires <= chain.tip).toBe(record["expired"]);
        if (state.kind === "lapsed" || state.kind === "grace") expect(record["expired"]).toBe(true);
      }
      if (typeof record["expire_block"] === "number" && record["expire_block"] >= 0) {
        expect(state.expires).toBe(record["expire_block"]);
      }
    }
    for (const { params, result } of answers("get_names_owned_by_address")) {
      const names = result["names"] as string[] | undefined;
      expect(namesOwnedAt(log, String(params[0]), chain.tip, network)).toEqual([...(names ?? [])].sort());
    }
    for (const { params, result } of answers("get_all_names_cumulative")) {
      const [offset, count] = params as [number, number];
      expect(namesAt(log, chain.tip).length).toBeGreaterThanOrEqual((result["names"] as string[]).length);
      expect(namesAt(log, chain.tip)).toEqual(expect.arrayContaining(result["names"] as string[]));
      expect([offset, count]).toEqual([0, 100]);
    }
  });

  test("the past too: each name's last operations up to a height are the original's", () => {
    for (const { params, result } of answers("get_name_at")) {
      const [name, height] = params as [Name, number];
      // Newest first, of the last block that has any; preorders stand in the history of their names there.
      const records = (result["records"] ?? []) as { op: string; txid: string }[];
      const wanted = records.filter(({ op }) => op !== "?").map(({ txid }) => txid);
      if (wanted.length === 0) continue;
      const latest = log.latestOn(name, height)!;
      const ofThatBlock = log.operationsOn(name, height).filter((operation) => operation.height === latest.height);
      expect(
        ofThatBlock
          .map(({ record }) => record.txid)
          .reverse()
          .slice(0, wanted.length),
      ).toEqual(wanted);
      expect(nameStateAt(log, name, height, network)).toMatchObject({ record: { txid: wanted[0] } });
    }
  });
});

describe("a log is refuted", () => {
  const chain = replayedChain(replayVectors("fuzz")[0]!.path);
  const pin = chain.anchorAt(chain.tip);
  const heights = Array.from({ length: chain.tip - chain.firstBlock + 1 }, (_, i) => chain.firstBlock + i);
  const busy = heights.filter((height) => chain.operationsAt(height).length > 0);
  const verdict = (operations: Operations) => verifyLog(pin, logOf(chain, chain.tip, operations)).kind;

  test("with one operation left out, moved by a block, or with one digit of it changed", () => {
    for (const height of busy.filter((_, i) => i % 5 === 0)) {
      const [first, ...rest] = chain.operationsAt(height) as [string, ...string[]];
      const instead = (texts: readonly string[], next: readonly string[] = chain.operationsAt(height + 1)) =>
        verdict((at) => (at === height ? texts : at === height + 1 && at <= chain.tip ? next : chain.operationsAt(at)));
      const following = height < chain.tip ? chain.operationsAt(height + 1) : [];
      expect(instead(rest, following)).toBe("refuted");
      if (height < chain.tip) expect(instead(rest, [...following, first])).toBe("refuted");
      const changed = first.replace(/[0-9a-f]{64}/u, (hash) => (hash.startsWith("0") ? "1" : "0") + hash.slice(1));
      expect(instead([changed, ...rest], following)).toBe("refuted");
    }
  });

  test("with an operation said twice: the tree alone would take it, since an odd row repeats its last", () => {
    const height = busy.find((at) => chain.operationsAt(at).length === 3)!;
    const sorted = [...chain.operationsAt(height)].sort((a, b) => (opLeaf(a) < opLeaf(b) ? -1 : 1));
    const twice = [...sorted, sorted[2]!];
    expect(opsHashOf(twice)).toBe(chain.opsHashAt(height));
    expect(() => verdict((at) => (at === height ? twice : chain.operationsAt(at)))).toThrow(ParseError);
  });

  test("but the order within a block is not hashed, and does not matter", () => {
    const turned = logOf(chain, chain.tip, (height) => [...chain.operationsAt(height)].reverse());
    const log = logOf(chain);
    expect(verifyLog(pin, turned).kind).toBe("proven");
    for (const subject of log.subjects()) {
      expect(turned.operationsOn(subject, chain.tip)).toEqual(log.operationsOn(subject, chain.tip));
      expect(turned.latestOn(subject, chain.tip)).toEqual(log.latestOn(subject, chain.tip));
    }
  });

  test("one that ends before the pin proves nothing", () => {
    expect(verifyLog(pin, logOf(chain, chain.tip - 1)).kind).toBe("unproven");
  });

  test("a text that nothing was hashed as is a parse error, leaves the log as it was", () => {
    const log = logOf(chain, chain.firstBlock + 3);
    for (const text of ["", "hello", "::", ":5:a.b", "+:4:a.id,0:", "x:1:a"]) {
      expect(() => log.append([text])).toThrow(ParseError);
    }
    expect(log.spine.height()).toBe(chain.firstBlock + 3);
    expect(log.spine.consensusHashAt(chain.firstBlock + 3)).toBe(chain.consensusHashAt(chain.firstBlock + 3));
  });
});

test("what the log never saw is absent", async () => {
  const { path } = replayVectors("fuzz")[0]!;
  const { network } = await readReplayFile(path);
  const log = logOf(replayedChain(path));
  expect(nameStateAt(log, "nobody.nowhere" as Name, log.spine.height(), network)).toEqual({ kind: "absent" });
  expect(namesOwnedAt(log, "1111111111111111111114oLvT2", log.spine.height(), network)).toEqual([]);
  const [name] = namesAt(log, log.spine.height());
  expect(nameStateAt(log, name!, log.spine.firstBlock, network)).toEqual({ kind: "absent" });
});
