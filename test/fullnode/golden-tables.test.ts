/** The tables after a whole chain, row by row against those of the original. */
import { describe, expect, test } from "vitest";
import { readReplayFile } from "../../src/chain/replay-file.ts";
import { replayFile } from "../../src/fullnode/replay.ts";
import { recordJson } from "../../src/fullnode/api/record-json.ts";
import { NodeStore } from "../../src/fullnode/store/store.ts";
import type { PreorderRecord } from "../../src/ops/record.ts";
import { coveredVectors, readVector, type Row } from "../support/vector.ts";

/** The original's columns that hold something else, or that came with tokens. */
function comparable({ token_fee: _fee, token_units: _units, revoked, buckets, ...row }: Row): Row {
  return {
    ...row,
    ...(revoked === undefined ? {} : { revoked: Number(revoked) }),
    ...(typeof buckets === "string" ? { buckets: JSON.parse(buckets) as number[] } : {}),
  };
}

const byKey = (key: string) => (a: Row, b: Row) => (String(a[key]) < String(b[key]) ? -1 : 1);

describe("tables", () => {
  test.each(coveredVectors())("$name", async (file) => {
    const { finalState, expected } = readVector(file);
    const opened = await readReplayFile(file.path);
    const store = NodeStore.open(":memory:", opened.network);
    const blocks = [];
    for await (const block of replayFile(opened, store)) blocks.push(block);
    expect(blocks).toEqual(
      expected.map(({ height, opsHash, consensusHash, accepted }) => ({
        height,
        opsHash,
        consensusHash,
        accepted: accepted.map(({ txid, opcode }) => ({ txid, opcode })),
      })),
    );

    const names = store.rows("names").map(({ opcode: _opcode, last_update_consensus_hash: _last, ...row }) => row);
    expect(names).toEqual(finalState.name_records.map(comparable).sort(byKey("name")));
    const namespaces = store.rows("namespaces").map(({ opcode: _opcode, ...row }) => comparable(row));
    expect(namespaces).toEqual(finalState.namespaces.map(comparable).sort(byKey("namespace_id")));
    const open = new Set(
      store
        .rows("preorders")
        .filter((row) => row["consumed_height"] === null)
        .map(({ position }) => position),
    );
    const preorders = store
      .rows("operations")
      .filter(({ position }) => open.has(position))
      .map(({ record }) => comparable(recordJson(JSON.parse(String(record)) as PreorderRecord)));
    expect(preorders.map(({ opcode: _opcode, ...row }) => row).sort(byKey("txid"))).toEqual(
      finalState.preorders.map(comparable).sort(byKey("txid")),
    );
    store.close();
  });
});
