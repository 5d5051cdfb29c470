/** A network's initial allocation of tokens: the file beside the database, and databases that began without it. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { type ReplayFile, readReplayFile } from "../../src/chain/replay-file.ts";
import { replayFile } from "../../src/fullnode/replay.ts";
import { readAllocation } from "../../src/fullnode/store/allocation-file.ts";
import { NodeStore } from "../../src/fullnode/store/store.ts";
import { networkOf } from "../../src/protocol/network-definition.ts";
import { parseAllocation } from "../../src/tokens/allocation.ts";
import { getFrom } from "../support/api-node.ts";
import { vectorFiles } from "../support/vector.ts";

const VESTING = "integration/name_pre_reg_stacks_vesting_seq_multisig";
const HOLDER = "2NCL5euNJV9wNcKWQkTtEv7BxUdSTbaf7W1";

/** The chain on a network that names a file, with epochs paid in bitcoin up to and with a height. */
async function chainWithout(lastInBitcoin: number): Promise<ReplayFile> {
  const file = await readReplayFile(vectorFiles().find(({ name }) => name === VESTING)!.path);
  const epochs = file.network.epochs.map((epoch) =>
    epoch.number === 3
      ? { ...epoch, endBlock: lastInBitcoin }
      : epoch.number < 3
        ? { ...epoch, endBlock: epoch.number }
        : epoch,
  );
  return { ...file, network: networkOf({ ...file.network, epochs, allocation: "allocation.json" }) };
}

async function indexed(file: ReplayFile, store: NodeStore): Promise<void> {
  for await (const _ of replayFile(file, store));
}

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "bsk-allocation-"));
  path = join(directory, "node.db");
});

describe("a database that began without the allocation", () => {
  test("is, once it has it, as if it had had it from the start, and can be taken back to the start", async () => {
    const file = await chainWithout(694);
    const { network, allocation } = file;
    const before = NodeStore.open(path, network);
    await expect(indexed({ ...file, allocation: null as never }, before)).rejects.toMatchObject({
      rule: "epoch-not-supported",
    });
    expect([before.tip()?.height, before.knowsAccounts]).toEqual([694, false]);
    before.close();

    const late = NodeStore.open(path, network, allocation);
    const fresh = NodeStore.open(":memory:", network, allocation);
    await indexed(file, fresh);
    const digests: string[] = [];
    for (let height = fresh.tip()!.height; height >= network.firstBlock; height--) {
      if (height <= 694) digests.push(fresh.digest());
      fresh.rollBack();
    }
    for (const digest of digests) {
      expect(late.digest()).toBe(digest);
      late.rollBack();
    }
    expect([late.rows("accounts"), late.knowsAccounts]).toEqual([[], true]);
    late.close();
    fresh.close();
  });

  test("is tied to the one that it was given", async () => {
    const { network, allocation } = await chainWithout(694);
    NodeStore.open(path, network, allocation).close();
    NodeStore.open(path, network, allocation).close();
    const other = parseAllocation("[]");
    expect(() => NodeStore.open(path, network, other)).toThrow(expect.objectContaining({ kind: "machine" }));
    const without = NodeStore.open(path, network);
    expect(without.knowsAccounts).toBe(true);
    without.close();
  });
});

describe("the file", () => {
  test("is read if the network names one and it is there", async () => {
    const { network } = await chainWithout(694);
    expect(await readAllocation(directory, network)).toBeNull();
    writeFileSync(join(directory, "allocation.json"), JSON.stringify([{ address: HOLDER, value: 1 }]));
    expect((await readAllocation(directory, network))?.accounts).toHaveLength(1);
    const { allocation: _file, ...nameless } = network;
    expect(await readAllocation(directory, networkOf(nameless))).toBeNull();
  });

  test("that says something else is the user's fault, one that cannot be read the machine's", async () => {
    const { network } = await chainWithout(694);
    writeFileSync(join(directory, "allocation.json"), "[{}]");
    await expect(readAllocation(directory, network)).rejects.toMatchObject({ kind: "usage" });
    await expect(readAllocation(path, networkOf({ ...network, allocation: "." }))).resolves.toBeNull();
    await expect(readAllocation(directory, networkOf({ ...network, allocation: "." }))).rejects.toMatchObject({
      kind: "machine",
    });
  });
});

describe("routes of accounts", () => {
  test("tell balances, states and histories, now and then", async () => {
    const file = await readReplayFile(vectorFiles().find(({ name }) => name === VESTING)!.path);
    const store = NodeStore.open(":memory:", file.network, file.allocation);
    await indexed(file, store);
    const get = getFrom(store);
    const of = `/v1/accounts/${HOLDER}`;
    expect(get(`${of}/STACKS/balance`).body).toEqual({ balance: "46116860277873879040" });
    expect(get(`${of}/STACKS/balance?height=688`).body).toEqual({ balance: "100000000000" });
    expect(get(`${of}/STACKS/status?height=689`).body).toMatchObject({ debit_value: "6400000000", block_id: 689 });
    expect(get(`${of}/STACKS/status`).body).toMatchObject({ credit_value: "46116860284273879040", vtxindex: 0 });
    expect((get(`${of}/history/690`).body as unknown[]).length).toBe(1);
    expect(get(`${of}/history?page=1`).body).toEqual([]);
    expect(get("/v1/accounts/treasury/STACKS/balance").body).toEqual({ balance: "0" });
    expect(get("/v1/accounts/treasury/STACKS/status").status).toBe(404);
    // The same script, as holders of tokens wrote it.
    expect(get("/v1/accounts/SN3TGYD8ZZ9YBD5GAG4ND9HA5B3YXR8P5AZQX2RQC/tokens").status).toBe(400);
    for (const wrong of [
      `/v1/accounts/nobody/tokens`,
      `${of}/a%20token%20that%20is%20long/balance`,
      `${of}/history/x`,
    ]) {
      expect(get(wrong).status).toBe(400);
    }
    store.close();
  });

  test("say so where nobody knows who holds tokens", async () => {
    const { network } = await chainWithout(694);
    const store = NodeStore.open(":memory:", network);
    const get = getFrom(store);
    expect(get(`/v1/accounts/${HOLDER}/STACKS/balance`).status).toBe(404);
    expect(get("/v2/info").body).toMatchObject({ exactThrough: { epoch: 3, height: 694 } });
    store.close();
  });
});
