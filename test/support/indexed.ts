/** What a full node has come to, beside what a fresh one comes to. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import type { BlockSource } from "../../src/chain/source.ts";
import { openSqlite } from "../../src/database/sqlite.ts";
import { catchUp } from "../../src/fullnode/follow.ts";
import { NodeStore } from "../../src/fullnode/store/store.ts";
import type { Network } from "../../src/protocol/network-definition.ts";
import { bnsMachine } from "../../src/rules/machine.ts";

/** All that a node has come to: what a hash stands for, and what it refused. */
export function digestOfAll(store: NodeStore): string {
  return `${store.digest()} ${store.tableDigest("rejections").digest}`;
}

/** Waits for what will come; fails when it does not. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 1500; i++) {
    if (await holds()) return;
    await sleep(20);
  }
  throw new Error(`it never came: ${what}`);
}

/** The store of a node that begins now, in memory; the caller closes it. */
export async function freshStore(source: BlockSource, network: Network): Promise<NodeStore> {
  const store = NodeStore.open(":memory:", network);
  await catchUp({
    source,
    store,
    machine: bnsMachine(network),
    signal: new AbortController().signal,
    events: { progress: () => undefined, reorg: () => undefined },
    clock: Date.now,
  });
  return store;
}

/** What a node that begins now comes to; of the blocks up to `height` only, if given. */
export async function freshDigest(source: BlockSource, network: Network, height?: number): Promise<string> {
  const store = await freshStore(source, network);
  while (height !== undefined && store.tip()!.height > height) store.rollBack();
  const digest = store.digest();
  store.close();
  return digest;
}

/** What is in a directory that no node uses, with the height that it has come to. */
export function storedState(directory: string, network: Network): { readonly height: number; readonly digest: string } {
  const path = join(directory, "node.db");
  const database = openSqlite(path);
  expect(database.prepare("pragma integrity_check").all()).toEqual([{ integrity_check: "ok" }]);
  database.close();
  const store = NodeStore.open(path, network);
  const state = { height: store.tip()?.height ?? 0, digest: store.digest() };
  store.close();
  return state;
}
