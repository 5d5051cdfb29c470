/** What reading commands print: the shapes under golden/ are what scripts rely on. */
import { describe, expect, test } from "vitest";
import type { Command } from "../../src/cli/command.ts";
import { checkCommand } from "../../src/commands/check.ts";
import { decodeCommand } from "../../src/commands/decode.ts";
import { historyCommand } from "../../src/commands/history.ts";
import { namespaceShowCommand } from "../../src/commands/namespace/show.ts";
import { nodeStatusCommand } from "../../src/commands/node/status.ts";
import { priceCommand } from "../../src/commands/price.ts";
import { resolveCommand } from "../../src/commands/resolve.ts";
import { showCommand } from "../../src/commands/show.ts";
import type { FullName, FullNamespace, PriceAnswer } from "../../src/lightnode/answers.ts";
import type { NodeClient } from "../../src/lightnode/node-client.ts";
import { fromUtf8 } from "../../src/primitives/bytes.ts";
import { hash160 } from "../../src/primitives/digest.ts";
import { networkId, txid, zonefileHash } from "../../src/primitives/hash.ts";
import { namespaceId } from "../../src/primitives/name.ts";
import { blockHeight, satoshi } from "../../src/primitives/units.ts";
import { aName, fakeNode, INFO, OWNER } from "../support/fake-node.ts";
import { run } from "../support/world.ts";

const TEXT = "$ORIGIN alice.test\n$TTL 3600\n";
const HASH = zonefileHash.of(hash160(fromUtf8(TEXT)));
const ALICE = aName("alice.test", { zonefileHash: HASH });

const TEST: FullNamespace = {
  namespaceId: namespaceId("test"),
  ready: true,
  creator: OWNER,
  revealer: OWNER,
  preordered: blockHeight(90),
  revealed: blockHeight(91),
  opened: blockHeight(92),
  version: 1,
  lifetime: 52_595,
  coeff: 4,
  base: 4,
  buckets: Array<number>(16).fill(2),
  nonalphaDiscount: 2,
  noVowelDiscount: 5,
  lastOperation: { opcode: "NAMESPACE_READY", txid: txid("44".repeat(32)) },
};

const price = (satoshis: bigint): PriceAnswer => ({ kind: "price", satoshis: satoshi(satoshis), exists: false });

const NODE = fakeNode({
  record: () => Promise.resolve(ALICE),
  namespace: () => Promise.resolve(TEST),
  zonefile: () => Promise.resolve(fromUtf8(TEXT)),
  namePrice: () => Promise.resolve(price(40_000n)),
  namespacePrice: () => Promise.resolve(price(4_000_000n)),
  history: () =>
    Promise.resolve([
      {
        height: blockHeight(101),
        opcode: "NAME_REGISTRATION",
        txid: txid("33".repeat(32)),
        vtxindex: 1,
        address: OWNER,
        zonefileHash: HASH,
        revoked: false,
        publicKey: null,
      },
    ]),
});

const ask = (command: Command, argv: readonly string[], node: NodeClient = NODE) =>
  run([command], [...command.path.split(" "), ...argv, "--network", "regtest"], { node });

async function data(command: Command, argv: readonly string[], node?: NodeClient): Promise<Record<string, unknown>> {
  const { code, out, err } = await ask(command, [...argv, "--json"], node);
  if (code !== 0) throw new Error(`${code}: ${out}${err}`);
  return (JSON.parse(out) as { data: Record<string, unknown> }).data;
}

describe("the shape of --json, and the text for people", () => {
  const cases: readonly [string, Command, readonly string[]][] = [
    ["price-name", priceCommand, ["alice.test", "--fee-rate", "10", "--zonefile"]],
    ["price-namespace", priceCommand, ["test"]],
    ["check", checkCommand, ["alice.test"]],
    ["resolve", resolveCommand, ["alice.test", "--require", "indexed"]],
    ["show", showCommand, ["alice.test"]],
    ["history", historyCommand, ["alice.test"]],
    ["namespace-show", namespaceShowCommand, ["test"]],
    ["node-status", nodeStatusCommand, []],
    ["decode", decodeCommand, ["69643a616c6963652e74657374"]],
  ];
  test.each(cases)("%s", async (golden, command, argv) => {
    const json = JSON.stringify(await data(command, argv), null, 2);
    await expect(`${json}\n`).toMatchFileSnapshot(`golden/${golden}.json`);
    const { code, out } = await ask(command, argv);
    expect(code).toBe(0);
    await expect(out).toMatchFileSnapshot(`golden/${golden}.txt`);
  });
});

test("node status says plainly how far a node can be exact without the network's allocation of tokens", async () => {
  const info = { ...INFO, exactThrough: { epoch: 3, height: blockHeight(547_921) } };
  const { out } = await ask(nodeStatusCommand, [], fakeNode({ info: () => Promise.resolve(info) }));
  expect(out).toContain("through epoch 3, block 547921; later epochs with your own file");
});

describe("check tells why a name is not to be had", () => {
  const soon = { expires: blockHeight(110), expired: true };
  const cases: readonly [string, Partial<NodeClient>][] = [
    ["name-registered", {}],
    ["available", { record: () => Promise.resolve(null) }],
    ["available", { record: () => Promise.resolve({ ...ALICE, ...soon } satisfies FullName) }],
    ["name-in-grace", { record: () => Promise.resolve({ ...ALICE, ...soon, inGrace: true }) }],
    ["name-revoked", { record: () => Promise.resolve({ ...ALICE, revoked: true }) }],
    ["namespace-unknown", { namespace: () => Promise.resolve(null) }],
    ["namespace-not-ready", { namespace: () => Promise.resolve({ ...TEST, ready: false, opened: null }) }],
  ];
  test.each(cases)("%s", async (reason, answers) => {
    const found = await data(checkCommand, ["alice.test"], { ...NODE, ...answers });
    expect(found).toMatchObject({ reason, available: reason === "available" });
  });

  test("on a network that has ended nothing is", async () => {
    const tip = { ...INFO.tip!, height: blockHeight(665_749) };
    const node = { ...NODE, info: () => Promise.resolve({ ...INFO, tip }), record: () => Promise.resolve(null) };
    const { out } = await run([checkCommand], ["check", "alice.test", "--json"], { node });
    expect(JSON.parse(out)).toMatchObject({ data: { available: false, reason: "chain-ended" } });
  });
});

describe("what is not there", () => {
  const missing: readonly [Command, string, string][] = [
    [showCommand, "alice.test", "name-not-registered"],
    [historyCommand, "alice.test", "name-not-registered"],
    [resolveCommand, "alice.test", "name-not-registered"],
    [namespaceShowCommand, "test", "namespace-not-revealed"],
    [priceCommand, "alice.test", "no-price"],
  ];
  const nothing: Partial<NodeClient> = {
    record: () => Promise.resolve(null),
    namespace: () => Promise.resolve(null),
    history: () => Promise.resolve([]),
    namePrice: () => Promise.resolve({ kind: "no-price", because: "unknown namespace" }),
  };
  test.each(missing)("$path: exit 5 from our own node, 4 from a stranger's", async (command, subject, rule) => {
    const own = await ask(command, [subject, "--json"], { ...NODE, ...nothing });
    expect(own.code).toBe(5);
    expect(JSON.parse(own.out)).toMatchObject({ ok: false, error: { kind: "rejected", rule } });
    expect((await ask(command, [subject], { ...NODE, ...nothing, own: false })).code).toBe(4);
  });
});

describe("a price that is not to be had is explained in our words", () => {
  const no = { namePrice: () => Promise.resolve({ kind: "no-price", because: "<b>\u001b[31mraw" } as const) };
  test.each([
    ['the namespace "test" does not exist', { ...no, namespace: () => Promise.resolve(null) }],
    ["it is not sold for bitcoin now", no],
  ])("%s", async (because, answers) => {
    const { code, err } = await ask(priceCommand, ["alice.test"], { ...NODE, ...answers });
    expect(code).toBe(5);
    expect(err).toContain(`"alice.test" has no price: ${because}`);
    expect(err).not.toContain("raw");
  });
});

describe("a stranger's node", () => {
  const stranger = { ...NODE, own: false, url: "https://names.example" };

  test("is shown as unchecked", async () => {
    expect(await data(showCommand as Command, ["alice.test"], stranger)).toMatchObject({ level: "claimed" });
    expect((await ask(showCommand as Command, ["alice.test"], stranger)).out).toContain("not checked");
  });

  test("is not enough for what requires more", async () => {
    const { code, err } = await ask(resolveCommand, ["alice.test", "--require", "quorum"], stranger);
    expect(code).toBe(4);
    expect(err).toContain('"claimed", less than the required "quorum"');
  });

  test("of another network shows in node status", async () => {
    const info = { ...INFO, networkId: networkId("00".repeat(32)), networkName: "other" };
    const { out } = await ask(nodeStatusCommand, [], { ...NODE, info: () => Promise.resolve(info) });
    expect(out).toContain('another network than "regtest"');
  });
});

test("prices: the parts are the sum", async () => {
  const { satoshis } = await data(priceCommand, ["alice.test", "--fee-rate", "7"]);
  const { total, burn, ownerOutput, preorderFee, registerFee } = satoshis as Record<string, number>;
  expect(total).toBe(burn! + ownerOutput! + preorderFee! + registerFee!);
});

test("a word that is neither a name nor a namespace is a usage error", async () => {
  expect((await ask(priceCommand as Command, ["Alice.test"])).code).toBe(2);
  expect((await ask(decodeCommand as Command, ["xyz"])).code).toBe(2);
  expect((await ask(resolveCommand as Command, ["alice.test", "--require", "sure"])).code).toBe(2);
});
