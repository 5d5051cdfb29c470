/** What is under way, as users see and move it: real processes on a real node. */
import { Transaction } from "bitcoinjs-lib";
import { beforeAll, describe, expect, test } from "vitest";
import { address as parseAddress } from "../../src/bitcoin/address.ts";
import { variantsOf } from "../../src/journal/entry.ts";
import { fromHex, toHex } from "../../src/primitives/bytes.ts";
import { txid as parseTxid } from "../../src/primitives/hash.ts";
import { satoshi } from "../../src/primitives/units.ts";
import { type Chaos, chaosIn, expectRightMoney } from "../support/chaos.ts";
import { REGTEST } from "../support/fake-node.ts";
import { answerOf, type Home, useTown } from "../support/town.ts";

const town = useTown();
let home: Home;
let chaos: Chaos;

beforeAll(async () => {
  home = await town().rich();
  chaos = chaosIn(town());
  for (const [step = "", ...more] of [
    ["preorder"],
    ["reveal", "--buckets", "1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1"],
    ["ready"],
  ]) {
    expect(await home.run(["namespace", step, "waiting", ...more, "--yes"])).toMatchObject({ code: 0 });
  }
}, 120_000);

/** Runs it without a block in between. */
const still = async (argv: readonly string[], more?: Readonly<Record<string, string>>) =>
  answerOf(await home.start(argv, more).ended);
const entryOf = (of: string) => home.entries().find(({ subject }) => subject === of) ?? expect.fail(`no entry ${of}`);
const rowOf = async (of: string) => {
  const { code, data } = await still(["pending"]);
  expect(code).toBe(0);
  const row = (data["entries"] as Record<string, unknown>[]).find(({ subject }) => subject === of);
  return row ?? expect.fail(`${of} is not listed`);
};
const preordered = async (of: string) => {
  expect(await still(["register", of, "--yes", "--no-wait"])).toMatchObject({ code: 0, data: { state: "preordered" } });
  return entryOf(of);
};

describe("a preorder that waits", () => {
  test("is listed with its deadline, what it has cost, and what comes next; resumed, it is registered", async () => {
    const of = "listed.waiting";
    await preordered(of);
    const death = (await chaos.placed(entryOf(of), "preorder"))?.deathHeight;
    const waits = await rowOf(of);
    expect(waits).toMatchObject({
      state: "preordered",
      deadline: { height: death, what: expect.stringContaining("consensus hash") },
      fees: 0,
      burned: 0,
      next: "wait for the preorder to confirm",
    });
    await town().mine();
    const confirmed = await rowOf(of);
    expect(confirmed).toMatchObject({ state: "preorder-confirmed", deadline: null });
    expect(confirmed["next"]).toContain(`bsk pending resume ${entryOf(of).id}`);
    expect(Number(confirmed["fees"])).toBeGreaterThan(0);
    // No passphrase is needed: everything was signed before.
    const { code } = await home.run(["pending", "resume", entryOf(of).id.slice(0, 8)], { BSK_PASSPHRASE_FILE: "" });
    expect(code).toBe(0);
    expect(await rowOf(of)).toMatchObject({ state: "done", next: null });
    await expectRightMoney(home, town());
  });

  test("is bumped: another version with a higher fee takes its place, the same operation", async () => {
    const of = "bumped.waiting";
    const before = await preordered(of);
    const cheap = await chaos.placed(before, "preorder");
    const bumped = await still(["pending", "bump", before.id, "--fee-rate", "33", "--yes"]);
    expect(bumped).toMatchObject({ code: 0, data: { state: "preordered" } });
    const dear = await chaos.placed(entryOf(of), "preorder");
    if (cheap === undefined || dear === undefined) throw new Error("one of them waits");
    expect(dear.txid).not.toBe(cheap.txid);
    expect(dear.fee / dear.size).toBeGreaterThanOrEqual(33);
    const [old, now] = [cheap, dear].map(({ raw }) => Transaction.fromBuffer(fromHex(raw)));
    const inputsOf = (of?: Transaction) => of?.ins.map(({ hash, index }) => `${toHex(hash)}:${index}`);
    expect(inputsOf(now)).toEqual(inputsOf(old));
    expect(now?.outs.map(({ script }) => toHex(script))).toEqual(old?.outs.map(({ script }) => toHex(script)));
    expect(now?.outs[2]?.value).toBe(old?.outs[2]?.value);
    // The old one is mined in spite of it: that counts as well.
    const split = await chaos.placed(entryOf(of), "split");
    const needs = split !== undefined && (await town().devnet.coins.transactionStatus(split.txid)).kind === "mempool";
    expect(await chaos.mineExactly([...(needs ? [split] : []), cheap])).toBe(true);
    expect(await home.run(["register", of, "--yes"])).toMatchObject({ code: 0, data: { state: "done" } });
    await expectRightMoney(home, town());
  });

  test("is not forgotten for nothing: the numbers are told; forced, its coins are free, and its id brings it back", async () => {
    const of = "forgotten.waiting";
    const entry = await preordered(of);
    const refused = await still(["pending", "forget", entry.id]);
    expect(refused).toMatchObject({ code: 2, error: { rule: "money-at-stake" } });
    const burned = Math.max(...variantsOf(entry).map((each) => each.burned));
    expect(refused.error.message).toContain(`${burned} of burns may still be`);
    expect(await still(["pending", "forget", entry.id, "--force"])).toMatchObject({
      code: 0,
      data: { state: "failed" },
    });
    expect(await still(["pending", "forget", entry.id, "--force"])).toMatchObject({
      code: 2,
      error: { rule: "has-ended" },
    });
    expect(await home.run(["pending", "resume", entry.id])).toMatchObject({ code: 0 });
    expect(entryOf(of)).toMatchObject({ state: "done", because: null });
    await expectRightMoney(home, town());
  });

  test("that nobody took in time is replaced by one with a fresh hash when the passphrase is given", async () => {
    const of = "stale.waiting";
    const entry = await preordered(of);
    await chaos.emptyBlocks(17);
    const { BSK_PASSPHRASE_FILE: given = "", ...without } = home.environment;
    expect(await rowOf(of)).toMatchObject({ next: expect.stringContaining("sign a fresh consensus hash") });
    const asked = await still(["pending"], { ...without, BSK_PASSPHRASE_FILE: "" });
    const row = (asked.data["entries"] as Record<string, unknown>[]).find(({ id }) => id === entry.id);
    expect(row?.["next"]).toMatch(/the passphrase.* dies at height .*: bsk pending bump/u);
    const bumped = await still(["pending", "bump", entry.id, "--yes"], { BSK_PASSPHRASE_FILE: given });
    expect(bumped).toMatchObject({ code: 0, data: { state: "preordered" } });
    const fresh = await chaos.placed(entryOf(of), "preorder");
    const { height } = await town().devnet.blocks.tip();
    expect((fresh?.deathHeight ?? 0) - height).toBeGreaterThan(15);
    expect(await home.run(["register", of, "--yes"])).toMatchObject({ code: 0, data: { state: "done" } });
    await expectRightMoney(home, town());
  });

  test("and that nobody can sign again is cancelled: the burn comes back, and the same command begins anew", async () => {
    const of = "cancelled.waiting";
    await preordered(of);
    await chaos.emptyBlocks(20);
    const unattended = await still(["pending", "resume", "--no-wait"], { BSK_PASSPHRASE_FILE: "" });
    expect(unattended).toMatchObject({ code: 0 });
    expect((await chaos.placed(entryOf(of), "preorder"))?.does).toBe("cancel");
    await town().mine();
    const row = await rowOf(of);
    expect(row).toMatchObject({ state: "failed", burned: 0, next: null });
    expect(row["because"]).toMatch(/cancelled.*nothing was burned/u);
    expect(await home.run(["register", of, "--yes"])).toMatchObject({ code: 0, data: { state: "done" } });
    await expectRightMoney(home, town());
  });
});

describe("bsk bump", () => {
  const stranger = "mfWxJ45yp2SFn7UciZyNpvDKrzbhyfKrY8";

  test("a payment of ours: the same payment for more", async () => {
    const paid = await still(["wallet", "pay", stranger, "70000", "--yes"]);
    const [{ txid = "" } = {}] = paid.data["transactions"] as { txid?: string }[];
    const bumped = await still(["bump", txid, "--fee-rate", "25", "--yes"]);
    const [{ txid: dearer = "", fee = 0 } = {}] = bumped.data["transactions"] as { txid?: string; fee?: number }[];
    expect(bumped.code).toBe(0);
    expect(dearer).not.toBe(txid);
    expect(fee).toBeGreaterThan(25 * 200);
    expect((await town().devnet.coins.transactionStatus(parseTxid(txid))).kind).toBe("unknown");
    const raw = await town().devnet.coins.rawTransaction(parseTxid(dearer));
    expect(Transaction.fromBuffer(raw ?? fromHex("")).outs.map(({ value }) => value)).toContain(70_000n);
    await town().mine();
    expect(await still(["bump", dearer, "--yes"])).toMatchObject({ code: 2, error: { rule: "nothing-waits" } });
  });

  test("a payment to us: a child pays for both", async () => {
    const { data } = await still(["wallet", "addresses", "--new"]);
    const ours = String(data["receive"]);
    const txid = await town().faucet.pay([{ to: parseAddress(ours, REGTEST.bitcoin), value: satoshi(80_000) }]);
    const bumped = await still(["bump", txid, "--fee-rate", "30", "--yes"]);
    expect(bumped).toMatchObject({ code: 0, data: { state: "sent" } });
    const [child] = bumped.data["transactions"] as { txid: string; fee: number }[];
    const raw = await town().devnet.coins.rawTransaction(parseTxid(child?.txid ?? ""));
    const spends = Transaction.fromBuffer(raw ?? fromHex("")).ins.map(({ hash }) => toHex(hash.toReversed()));
    expect(spends).toEqual([txid]);
    await town().mine();
    expect(await still(["bump", "ab".repeat(32), "--yes"])).toMatchObject({
      code: 2,
      error: { rule: "nothing-waits" },
    });
  });
});
