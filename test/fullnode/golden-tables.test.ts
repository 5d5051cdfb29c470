/** The tables after a whole chain, row by row against those of the original. */
import { describe, expect, test } from "vitest";
import { readReplayFile } from "../../src/chain/replay-file.ts";
import { replayFile } from "../../src/fullnode/replay.ts";
import { recordJson } from "../../src/fullnode/api/record-json.ts";
import { NodeStore } from "../../src/fullnode/store/store.ts";
import type { PreorderRecord } from "../../src/ops/record.ts";
import { vectorFiles, readVector, type Row } from "../support/vector.ts";

/** The original's columns that hold something else. */
function comparable({ revoked, buckets, ...row }: Row): Row {
  return {
    ...row,
    ...(revoked === undefined ? {} : { revoked: Number(revoked) }),
    ...(typeof buckets === "string" ? { buckets: JSON.parse(buckets) as number[] } : {}),
  };
}

/** The original says "0" where nothing was paid in tokens. */
const withTokenFee = (row: Row): Row => ({ ...row, token_fee: row["token_fee"] ?? "0" });

/**
 * A state of an account, from either side. The original keeps notes beside accounts that no rule reads; how it made what
 * stands for the transaction of something vested is not known.
 */
function accountRow(row: Row): string {
  const fields = ["address", "type", "lock_transfer_block_id", "receive_whitelisted", "vtxindex"].map(
    (key) => row[key],
  );
  return JSON.stringify([
    ...fields,
    row["height"] ?? row["block_id"],
    row["credit"] ?? row["credit_value"],
    row["debit"] ?? row["debit_value"],
    row["vtxindex"] === 0 ? null : row["txid"],
  ]);
}
const byText = (a: string, b: string) => (a < b ? -1 : 1);

const byKey = (key: string) => (a: Row, b: Row) => (String(a[key]) < String(b[key]) ? -1 : 1);

describe("tables", () => {
  test.each(vectorFiles())("$name", async (file) => {
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

    const names = store
      .rows("names")
      .map(({ opcode: _opcode, last_update_consensus_hash: _last, creator: _creator, ordinal: _ordinal, ...row }) =>
        withTokenFee(row),
      );
    expect(names).toEqual(finalState.name_records.map(comparable).sort(byKey("name")));
    const namespaces = store.rows("namespaces").map(({ opcode: _opcode, ...row }) => withTokenFee(comparable(row)));
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
    expect(store.rows("accounts").map(accountRow).sort(byText)).toEqual(
      finalState.accounts
        .filter(({ type }) => type !== "GENESIS")
        .map(accountRow)
        .sort(byText),
    );
    store.close();
  });
});
