/** Bundles as users hand them on: a wallet that writes them, and relays that are processes of machines without one. */
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Transaction } from "bitcoinjs-lib";
import * as v from "valibot";
import { beforeAll, describe, expect, test } from "vitest";
import { parseBundle } from "../../src/bundle/bundle.ts";
import { type Home, useTown } from "../support/town.ts";

const town = useTown();
let home: Home;
/** A machine without a wallet. */
let relay: Home;

beforeAll(async () => {
  home = await town().rich();
  relay = town().home();
  for (const argv of [["preorder"], ["reveal", "--buckets", "1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1"], ["ready"]]) {
    const [step = "", ...options] = argv;
    const { code, err } = await home.run(["namespace", step, "handover", ...options, "--yes"]);
    expect({ code, err }).toMatchObject({ code: 0 });
  }
}, 120_000);

const fileOf = (of: string) => join(home.directory, of);
const stateOf = (of: string) => home.entries().find(({ subject }) => subject === of)?.state;

async function ownerOf(of: string): Promise<unknown> {
  const { address } = (await (await fetch(`${town().node.url}/v1/names/${of}`)).json()) as { address?: string };
  return address;
}

describe("a wallet that hands its registration on", () => {
  test("the preorder first, without the name; the rest once the preorder counts; it signs everything at the start", async () => {
    const of = "handed.handover";
    const [half, whole] = [fileOf("half.bundle"), fileOf("whole.bundle")];
    const early = await home.run(["register", of, "--release", whole, "--yes"]);
    expect(early).toMatchObject({ code: 2, error: { rule: "not-under-way" } });

    const written = await home.run(["register", of, "--bundle", half, "--yes"]);
    expect(written).toMatchObject({
      code: 0,
      data: { state: "planned", bundle: { file: half, part: "preorder", registers: 0, spares: 0 } },
    });
    expect((written.data["bundle"] as { preorders: number }).preorders).toBeGreaterThanOrEqual(4);
    expect(statSync(half).mode & 0o777).toBe(0o600);
    const text = readFileSync(half, "utf8");
    expect(text).not.toContain("handed");
    expect(text).not.toContain(Buffer.from(of).toString("hex"));
    expect(parseBundle(text).register).toBeNull();
    const again = await home.run(["register", of, "--bundle", half, "--yes"], { BSK_PASSPHRASE_FILE: "" });
    expect(again).toMatchObject({ code: 2, error: { kind: "usage" } }); // the file is there

    // The wallet explains what it signed and nobody has sent; others do not know it.
    const { preorder } = parseBundle(text);
    const [lowest = "", higher = ""] = preorder.variants.map((raw) => Transaction.fromHex(raw).getId());
    const ours = { purpose: `register ${of}`, role: "preorder", sent: true, instead: null };
    expect(await home.run(["explain", lowest])).toMatchObject({ code: 0, data: { where: "unknown", own: ours } });
    expect(await relay.run(["explain", lowest])).toMatchObject({ code: 4, error: { rule: "transaction-unknown" } });
    expect(await relay.run(["explain", "abc"])).toMatchObject({ code: 2 });

    const tooEarly = await home.run(["register", of, "--release", whole], { BSK_PASSPHRASE_FILE: "" });
    expect(tooEarly).toMatchObject({ code: 5, error: { kind: "rejected", rule: "preorder-not-confirmed" } });
    expect(existsSync(whole)).toBe(false);

    const first = await relay.run(["relay", half]);
    expect(first).toMatchObject({ code: 0, data: { relayed: [{ state: "preorder-confirmed", name: null }] } });

    const accepted = { verdict: "accepted", operation: { kind: "NAME_PREORDER" } };
    expect(await relay.run(["explain", lowest])).toMatchObject({ code: 0, data: { ...accepted, own: null } });
    const other = await home.run(["explain", higher]);
    expect(other).toMatchObject({ code: 0, data: { where: "unknown", own: { sent: false, instead: lowest } } });
    expect(other.data["own"]).toMatchObject({ next: expect.stringContaining("register") as string });

    const released = await home.run(["register", of, "--release", whole], { BSK_PASSPHRASE_FILE: "" });
    expect(released).toMatchObject({ code: 0, data: { bundle: { part: "all" } } });
    const { registers, spares } = released.data["bundle"] as { registers: number; spares: number };
    expect(Math.min(registers, spares)).toBeGreaterThanOrEqual(6);

    const second = await relay.run(["relay", whole, half]);
    expect(second).toMatchObject({ code: 0, data: { relayed: [{ state: "registered", name: of }, {}] } });
    expect(await ownerOf(of)).toBe(home.entries().find(({ subject }) => subject === of)?.owner);

    // The wallet sees what others sent: it has nothing left to do, and pays nothing.
    const end = await home.run(["register", of], { BSK_PASSPHRASE_FILE: "" });
    expect(end).toMatchObject({ code: 0, data: { state: "done" } });
    expect((await town().operations()).filter((text) => text.startsWith(`id:${of}`))).toHaveLength(1);
  });

  test("everything together; two relays and the wallet itself at once: one registration", async () => {
    const of = "shared.handover";
    const file = fileOf("together.bundle");
    const written = await home.run(["register", of, "--bundle", file, "--together", "--yes"]);
    expect(written).toMatchObject({ code: 0, data: { bundle: { part: "all" } } });
    const runs = [relay.start(["relay", file]), relay.start(["relay", file]), home.start(["register", of])];
    const ended = await town().mineUntil(Promise.all(runs.map((each) => each.ended)));
    expect(ended.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(stateOf(of)).toBe("done");
    expect((await town().operations()).filter((text) => text.startsWith(`id:${of}`))).toHaveLength(1);
  });

  test("a relay that is killed and started again finishes", async () => {
    const of = "killed.handover";
    const file = fileOf("killed.bundle");
    await home.run(["register", of, "--bundle", file, "--together", "--yes"]);
    for (let i = 0; i < 2; i++) {
      const running = relay.start(["relay", file]);
      await Promise.race([running.ended, new Promise((resolve) => setTimeout(resolve, 500 + 200 * i))]);
      running.child.kill("SIGKILL");
      await running.ended;
      await town().mine();
    }
    expect(await relay.run(["relay", file])).toMatchObject({ code: 0, data: { relayed: [{ state: "registered" }] } });
    expect(await home.run(["register", of])).toMatchObject({ code: 0, data: { state: "done" } });
  });
});

test("a relay that has register and spare mined in vain: relays give up, the owner's wallet signs another", async () => {
  const of = "wasted.handover";
  const file = fileOf("wasted.bundle");
  await home.run(["register", of, "--bundle", file, "--together", "--yes"]);
  const { split, preorder, register } = parseBundle(readFileSync(file, "utf8"));
  const mined = async (...raws: readonly (string | null | undefined)[]) => {
    const { devnet, faucet } = town();
    const block = [faucet.address, raws.filter((raw) => typeof raw === "string")];
    await devnet.node.call("generateblock", block, v.object({ hash: v.string() }));
  };
  await mined(split, preorder.variants[0]);
  await mined(register?.variants[0], register?.spares[0]);
  await town().mine();
  const relayed = await relay.run(["relay", file]);
  expect(relayed).toMatchObject({ code: 5, error: { kind: "rejected", rule: "register-ignored" } });
  expect(relayed.error.message).toContain("name-collision");
  expect(await home.run(["register", of, "--yes"])).toMatchObject({ code: 0, data: { state: "done" } });
  expect(await ownerOf(of)).toBe(home.entries().find(({ subject }) => subject === of)?.owner);
});

describe("refusals", () => {
  test("a damaged bundle: exit 3; no bundle: exit 3; none at all: exit 2", async () => {
    const of = "damaged.handover";
    const file = fileOf("damaged.bundle");
    await home.run(["register", of, "--bundle", file, "--yes"]);
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace(/("variants": \[\s+"0)2/u, "$11"), { mode: 0o600 });
    expect(readFileSync(file, "utf8")).not.toBe(text);
    expect(await relay.run(["relay", file])).toMatchObject({
      code: 3,
      error: { kind: "refuted", rule: "bundle-refuted" },
    });
    expect(await relay.run(["relay", join(home.directory, "pass")])).toMatchObject({ code: 3 });
    expect(await relay.run(["relay", fileOf("missing")])).toMatchObject({ code: 2 });
    writeFileSync(file, text);
    expect(await relay.run(["relay", file])).toMatchObject({ code: 0 });
  });

  test("after the death height: exit 5, and nothing is sent", async () => {
    const of = "dead.handover";
    const file = fileOf("dead.bundle");
    const written = await home.run(["register", of, "--bundle", file, "--together", "--yes"]);
    const { deathHeight } = written.data["bundle"] as { deathHeight: number };
    while ((await town().devnet.coins.tip()).height < deathHeight) await town().mine();
    expect(await relay.run(["relay", file])).toMatchObject({
      code: 5,
      error: { kind: "rejected", rule: "bundle-dead" },
    });
    // The wallet goes on with a fresh hash, under the same name, for the same owner.
    expect(await home.run(["register", of, "--yes"])).toMatchObject({ code: 0, data: { state: "done" } });
    expect(await relay.run(["relay", file])).toMatchObject({ code: expect.any(Number) as number });
    expect((await town().operations()).filter((text) => text.startsWith(`id:${of}`))).toHaveLength(1);
  });

  test("options that contradict each other: exit 2", async () => {
    expect(await home.run(["register", "a.handover", "--together", "--yes"])).toMatchObject({ code: 2 });
    expect(await home.run(["register", "a.handover", "--bundle", "x", "--release", "y"])).toMatchObject({ code: 2 });
  });
});
