/**
 * Wrong operations of every kind, on a real chain: the wallet refuses them with the rule that they break; forced onto the
 * chain, the node ignores them, and nothing changes.
 */
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { p2pkhAddress, type ScriptHex } from "../../src/bitcoin/address.ts";
import { BITCOIN_CHAINS } from "../../src/bitcoin/parameters.ts";
import { faucet } from "../../src/chain/devnet-faucet.ts";
import { startWorld, type World } from "../../src/demo/world.ts";
import { BskError } from "../../src/errors.ts";
import { type RunningNode, startNode } from "../../src/fullnode/node.ts";
import { nodeClient } from "../../src/lightnode/node-client.ts";
import { fromHex, toHex } from "../../src/primitives/bytes.ts";
import { hash160 } from "../../src/primitives/digest.ts";
import { type Txid, txid as parseTxid, zonefileHash } from "../../src/primitives/hash.ts";
import { type Name, name, type NamespaceId, namespaceId } from "../../src/primitives/name.ts";
import { blockHeight, satoshi } from "../../src/primitives/units.ts";
import { EPOCH_3 } from "../../src/protocol/epoch.ts";
import { type Network, networkOf, newNetworkDefinition } from "../../src/protocol/network-definition.ts";
import { flawText } from "../../src/ops/flaw.ts";
import { type RuleId, RULES } from "../../src/rules/verdict.ts";
import { sign } from "../../src/spending/carry-out.ts";
import { seenConsensus } from "../../src/spending/consensus-choice.ts";
import { explain } from "../../src/spending/explain.ts";
import { askNode, judge } from "../../src/spending/judge.ts";
import { openNamespacePreorder } from "../../src/spending/namespace-preorder.ts";
import { ownedName, revealedNamespace } from "../../src/spending/ownership.ts";
import { type Interaction, perform } from "../../src/spending/perform.ts";
import { planContext } from "../../src/spending/plan-context.ts";
import { readyNamespace, register } from "../../src/spending/registration.ts";
import { type Burn, nameBurn, namespaceBurn } from "../../src/wallet/burn.ts";
import { dataScript, type PlanContext, type SeenConsensus, type TxPlan } from "../../src/wallet/plan.ts";
import { planRenew, planRevoke, planTransfer, planUpdate } from "../../src/wallet/plan-name.ts";
import {
  planImport,
  planNamespacePreorder,
  planNamespaceReady,
  planNamespaceReveal,
} from "../../src/wallet/plan-namespace.ts";
import {
  afterSplit,
  planRegister,
  planRegistration,
  type RegistrationPlan,
} from "../../src/wallet/plan-registration.ts";
import { lockingScript, signed, testKey } from "../support/spend.ts";

const on = BITCOIN_CHAINS.regtest;
/** Names live for their namespace's lifetime, and six blocks of grace. */
const NETWORK = networkOf({
  ...newNetworkDefinition("rules", "regtest", 1, "id"),
  epochs: [{ ...EPOCH_3, endBlock: null, lifetimeMultiplier: 1, gracePeriod: 6 }],
  namespaceRevealExpire: 60,
});
const LASTING = namespaceId("lasting1");
const FLEETING = namespaceId("fleeting");
const UNREADY = namespaceId("unready1");
const FLEETING_BLOCKS = 10;

let directory: string;
let world: World;
/** A script of the wallet that owns nothing. */
let stranger: ScriptHex;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "bsk-rules-"));
  world = await startWorld({
    network: NETWORK,
    directory,
    bitcoind: process.env["BITCOIND"],
    entropy: randomBytes(16),
    clock: { now: () => new Date(), sleep: (ms) => sleep(ms) },
    signal: new AbortController().signal,
  });
  for (const [id, lifetime] of [
    [LASTING, 10_000],
    [FLEETING, FLEETING_BLOCKS],
    [UNREADY, 10_000],
  ] as const) {
    await openNamespace(id, lifetime, id !== UNREADY);
  }
  const { address, script } = await world.wallet.take("owner");
  stranger = script;
  await faucet(world.devnet).pay(Array.from({ length: 4 }, () => ({ to: address, value: satoshi(20_000) })));
  await world.mine();
});

afterAll(async () => {
  await world.stop();
  await rm(directory, { recursive: true, force: true });
});

const interaction: Interaction = {
  dryRun: false,
  confirm: () => Promise.resolve(),
  note: () => undefined,
  following: { wait: true, waiting: () => undefined, sleep: () => world.mine() },
};
const nextHeight = async () => (await world.desk.source.tip()).height + 1;

async function act(subject: string, plan: (context: PlanContext) => Promise<TxPlan>): Promise<void> {
  const intent = { kind: "operation", subject, purpose: `test ${subject} ${randomBytes(4).toString("hex")}` } as const;
  const receipt = await perform({ ...intent, owner: null, zonefile: null }, plan, world.desk, interaction);
  expect(receipt.state).toBe("done");
}

const parametersOf = (lifetime: number) => ({
  lifetime,
  coeff: 250,
  base: 4,
  buckets: [6, 5, 4, 3, 2, 1, ...Array<number>(10).fill(1)],
  nonalphaDiscount: 1,
  noVowelDiscount: 1,
  version: 1,
});

async function openNamespace(id: NamespaceId, lifetime: number, ready: boolean): Promise<void> {
  const { desk } = world;
  await act(id, async (context) =>
    planNamespacePreorder(
      {
        namespaceId: id,
        revealer: await desk.freshRevealer(),
        burn: namespaceBurn(id, NETWORK, await nextHeight()),
        consensus: await seenConsensus(desk),
      },
      context,
    ),
  );
  await act(id, async (context) => {
    const opened = await openNamespacePreorder(id, null, context.purse, desk);
    return planNamespaceReveal({ namespaceId: id, parameters: parametersOf(lifetime), ...opened }, context);
  });
  if (!ready) return;
  await act(id, async (context) => {
    const { revealer } = await revealedNamespace(id, desk);
    return planNamespaceReady({ namespaceId: id, revealer }, context);
  });
}

async function settled(text: string): Promise<Name> {
  const of = name(text);
  const receipt = await register({ name: of, owner: null, zonefile: null }, world.desk, interaction);
  expect(receipt.state).toBe("done");
  return of;
}

/** A consensus hash so many blocks below the tip. */
async function hashAt(depth: number): Promise<SeenConsensus> {
  const height = blockHeight((await world.node.tip()).height - depth);
  const hash = await world.node.consensusHashAt(height);
  if (hash === null) throw new Error("the node has indexed it");
  return { hash, height };
}

interface Registering {
  readonly burn?: (right: Burn) => Burn;
  readonly consensus?: SeenConsensus;
}

async function registrationOf(
  of: Name,
  { burn = (right) => right, consensus }: Registering = {},
): Promise<RegistrationPlan> {
  const { desk } = world;
  const { namespaces } = await askNode(desk, { names: [of] });
  const [namespace] = namespaces;
  if (namespace === undefined) throw new Error("the namespace is revealed");
  const next = await nextHeight();
  return planRegistration(
    {
      name: of,
      owner: desk.freshOwner(),
      burn: burn(nameBurn(of, namespace, NETWORK, { pricedAt: next, paidAt: next + 1 })),
      consensus: consensus ?? (await seenConsensus(desk)),
      zonefileHash: null,
    },
    await planContext(desk),
    desk.limits,
  );
}

async function refused(rule: RuleId, ...plans: readonly TxPlan[]): Promise<void> {
  const error: unknown = await judge(plans, world.desk).then(
    () => "the rules would take it",
    (refusal: unknown) => refusal,
  );
  expect(error).toBeInstanceOf(BskError);
  expect(error).toMatchObject({ kind: "rejected", rule });
}

const get = async (path: string, { url }: { readonly url: string } = world.node): Promise<unknown> =>
  (await fetch(`${url}${path}`)).json();

async function force(plan: TxPlan): Promise<Txid> {
  const { raw, txid } = await sign(plan, await world.desk.unlock(), world.desk);
  expect(await world.desk.source.broadcast(raw)).toBe(txid);
  return txid;
}

/** Sends the preorder, and before it what makes its coin; the plan with these coins. */
async function forcePreorder(plan: RegistrationPlan): Promise<RegistrationPlan & { readonly txid: Txid }> {
  const made = plan.split === null ? plan : afterSplit(plan, await force(plan.split));
  return { ...made, txid: await force(made.preorder) };
}

interface TransactionAnswer {
  readonly tx: { readonly status: string; readonly rule?: string; readonly block_height?: number };
}

/** What `bsk explain` says of it: the rule before a block holds it and after, or the flaw that makes it no operation. */
async function explained(rule: RuleId | null, txid: Txid, verdict: "would-be-ignored" | "ignored"): Promise<void> {
  const { network, node, devnet } = world;
  const answer = await explain(txid, { network, node, source: devnet.coins });
  if (rule === null) {
    expect(answer).toMatchObject({ verdict: "no-operation", operation: null, rule: null });
    expect(answer.because).toBe(answer.flaw === null ? "" : flawText(answer.flaw));
    return;
  }
  // Two that collide only in their common block: each alone would be taken.
  if (rule === "name-collision" && verdict === "would-be-ignored") {
    expect(answer).toMatchObject({ verdict: "would-be-accepted", where: "mempool", rule: null });
    return;
  }
  expect(answer).toMatchObject({ verdict, rule, demands: RULES[rule], flaw: null });
  expect(answer.because).not.toBe("");
  expect(answer.operation?.txid).toBe(txid);
}

/** Mines these, and checks that the node ignored all of them: verdict, operations of the block, records, tip. */
async function ignored(rule: RuleId | null, txids: readonly Txid[], names: readonly Name[] = []): Promise<void> {
  for (const txid of txids) await explained(rule, txid, "would-be-ignored");
  const records = () => Promise.all(names.map((of) => get(`/v1/blockchains/bitcoin/names/${of}`)));
  const before = await records();
  await world.mine();
  const { height } = await world.desk.source.tip();
  for (const txid of txids) {
    expect(await world.desk.source.transactionStatus(txid)).toMatchObject({ kind: "confirmed", height });
    const { tx } = (await get(`/v1/blockchains/bitcoin/transactions/${txid}`)) as TransactionAnswer;
    if (rule === null) expect(tx.status).not.toBe("accepted");
    else expect(tx).toMatchObject({ status: "rejected", rule, block_height: height });
    expect(await world.node.verdict(txid, height)).toBe("ignored");
    await explained(rule, txid, "ignored");
  }
  expect(await get(`/v1/blockchains/bitcoin/operations/${height}`)).toEqual([]);
  expect((await world.node.tip()).height).toBe(height);
  expect(await records()).toEqual(before);
}

/** The whole claim for one plan. */
async function refusedAndIgnored(rule: RuleId, plan: TxPlan, names: readonly Name[] = []): Promise<void> {
  await refused(rule, plan);
  await ignored(rule, [await force(plan)], names);
}

const AN_ADDRESS = p2pkhAddress(new Uint8Array(20).fill(7), on);
const A_ZONEFILE = zonefileHash("ab".repeat(20));

describe("by a stranger's key", () => {
  let owned: Name;
  beforeAll(async () => {
    owned = await settled("owned.lasting1");
  });

  test("update", async () => {
    const consensus = await seenConsensus(world.desk);
    const plan = planUpdate(
      { name: owned, owner: stranger, zonefileHash: A_ZONEFILE, consensus },
      await planContext(world.desk),
    );
    await refusedAndIgnored("update-hash-unknown", plan, [owned]);
  });

  test("transfer", async () => {
    const consensus = await seenConsensus(world.desk);
    const request = { name: owned, owner: stranger, newOwner: AN_ADDRESS, keepZonefile: true, consensus };
    await refusedAndIgnored("not-owner", planTransfer(request, await planContext(world.desk)), [owned]);
  });

  test("renew, even with the full price", async () => {
    const { record, namespace } = await ownedName(owned, world.desk);
    const next = await nextHeight();
    const burn = nameBurn(owned, namespace, NETWORK, { pricedAt: next, paidAt: next });
    const request = { name: owned, owner: stranger, newOwner: record.address, burn, zonefileHash: null };
    await refusedAndIgnored("not-owner", planRenew(request, await planContext(world.desk)), [owned]);
  });

  test("revoke", async () => {
    await refusedAndIgnored("not-owner", planRevoke({ name: owned, owner: stranger }, await planContext(world.desk)), [
      owned,
    ]);
  });

  test("import into, and launch of, a namespace that another revealed", async () => {
    const context = await planContext(world.desk);
    const ready = planNamespaceReady({ namespaceId: UNREADY, revealer: stranger }, context);
    await refusedAndIgnored("not-revealer", ready);
    const smuggled = name("smuggled.unready1");
    const imported = planImport(
      { name: smuggled, importer: stranger, recipient: AN_ADDRESS, zonefileHash: A_ZONEFILE },
      await planContext(world.desk),
    );
    await refusedAndIgnored("not-import-key", imported, [smuggled]);
  });

  test("the command's own look at ownership says whose the name is", async () => {
    await expect(ownedName(owned, { ...world.desk, scripts: () => [] })).rejects.toMatchObject({
      kind: "rejected",
      rule: "not-owner",
    });
    await expect(ownedName(name("nobodys.lasting1"), world.desk)).rejects.toMatchObject({
      kind: "rejected",
      rule: "name-not-registered",
    });
  });
});

/** Refuses both phases together, then forces both: the preorder hides its name and is taken, the register is not. */
async function wrongRegistration(rule: RuleId, of: Name, how: Registering): Promise<void> {
  const plan = await registrationOf(of, how);
  await refused(rule, plan.preorder, plan.register);
  const { register: registering } = await forcePreorder(plan);
  await world.mine();
  await refused(rule, registering);
  await ignored(rule, [await force(registering)], [of]);
}

describe("the price", () => {
  const someoneElse = ({ price }: Burn): Burn => ({ address: AN_ADDRESS, price });
  const tooLittle = ({ address, price }: Burn): Burn => ({ address, price: satoshi(price - 1n) });

  test("a registration that burns one satoshi too little", () =>
    wrongRegistration("insufficient-burn", name("cheap.lasting1"), { burn: tooLittle }));

  test("a registration that pays somebody else", () =>
    wrongRegistration("wrong-burn-address", name("elsewhere.lasting1"), { burn: someoneElse }));

  test.each([
    ["insufficient-burn", tooLittle],
    ["wrong-burn-address", someoneElse],
  ] as const)("a renewal: %s", async (rule, burn) => {
    const of = await settled(`renewed-${rule}.lasting1`);
    const { owner, record, namespace } = await ownedName(of, world.desk);
    const next = await nextHeight();
    const right = nameBurn(of, namespace, NETWORK, { pricedAt: next, paidAt: next });
    const request = { name: of, owner, newOwner: record.address, zonefileHash: null };
    const context = await planContext(world.desk);
    await refusedAndIgnored(rule, planRenew({ ...request, burn: burn(right) }, context), [of]);
  });

  test("a namespace that is preordered for too little, or to a wrong address", async () => {
    const { desk } = world;
    const id = namespaceId("cheapns1");
    const right = namespaceBurn(id, NETWORK, await nextHeight());
    const revealer = await desk.freshRevealer();
    const request = { namespaceId: id, revealer, consensus: await seenConsensus(desk) };
    const elsewhere = planNamespacePreorder({ ...request, burn: someoneElse(right) }, await planContext(desk));
    await refusedAndIgnored("wrong-burn-address", elsewhere);

    const preorder = planNamespacePreorder({ ...request, burn: tooLittle(right) }, await planContext(desk));
    await force(preorder);
    await world.mine();
    const payer = preorder.inputs[0]?.script ?? stranger;
    const parameters = parametersOf(100);
    const reveal = planNamespaceReveal({ namespaceId: id, parameters, revealer, payer }, await planContext(desk));
    await refusedAndIgnored("insufficient-burn", reveal);
    expect(await world.node.namespace(id)).toBeNull();
  });
});

describe("a consensus hash that is too old", () => {
  // The tip's hash is the first of 24 that the next block may embed: the one 24 blocks below it is too old by one.
  test("preorder: the last valid hash is taken, the one before is not", async () => {
    const of = name("stale.lasting1");
    const stale = await registrationOf(of, { consensus: await hashAt(NETWORK.consensusHashWindow) });
    await refused("consensus-hash-expired", stale.preorder, stale.register);
    await ignored("consensus-hash-expired", [(await forcePreorder(stale)).txid]);
    // its register finds no preorder
    const { payer, owner } = { payer: stale.preorder.inputs[0]?.script ?? stranger, owner: world.desk.freshOwner() };
    const late = planRegister({ name: of, owner, payer, zonefileHash: null }, await planContext(world.desk));
    await refusedAndIgnored("preorder-not-found", late, [of]);

    const edge = await registrationOf(of, { consensus: await hashAt(NETWORK.consensusHashWindow - 1) });
    const { txid } = await forcePreorder(edge);
    await world.mine();
    expect(await world.node.verdict(txid, (await world.desk.source.tip()).height)).toBe("accepted");
  });

  test("update and transfer", async () => {
    const of = await settled("ageing.lasting1");
    const { owner } = await ownedName(of, world.desk);
    const consensus = await hashAt(NETWORK.consensusHashWindow);
    const update = planUpdate({ name: of, owner, zonefileHash: A_ZONEFILE, consensus }, await planContext(world.desk));
    await refusedAndIgnored("update-hash-unknown", update, [of]);
    const transfer = planTransfer(
      {
        name: of,
        owner,
        newOwner: AN_ADDRESS,
        keepZonefile: true,
        consensus: await hashAt(NETWORK.consensusHashWindow),
      },
      await planContext(world.desk),
    );
    await refusedAndIgnored("consensus-hash-expired", transfer, [of]);
  });

  test("a hash that dies before a block can be expected to hold it is refused by the wallet alone", async () => {
    const of = await settled("behind.lasting1");
    const { owner } = await ownedName(of, world.desk);
    const plan = planTransfer(
      { name: of, owner, newOwner: AN_ADDRESS, keepZonefile: true, consensus: await hashAt(20) },
      await planContext(world.desk),
    );
    await expect(judge([plan], world.desk)).rejects.toMatchObject({ kind: "unproven", rule: "node-behind" });
  });
});

describe("what no operation looks like", () => {
  /** The plan with another payload behind the same magic and letter. */
  const withData = (plan: TxPlan, change: (hex: string) => string): TxPlan => ({
    ...plan,
    outputs: plan.outputs.map((output) =>
      output.role === "data" ? { ...output, script: change(output.script) as ScriptHex } : output,
    ),
  });
  const shortened = (hex: string): string => {
    const data = fromHex(hex).slice(2, -1);
    return toHex(Uint8Array.of(0x6a, data.length, ...data));
  };

  test("an update whose payload is a byte short", async () => {
    const of = await settled("short.lasting1");
    const { owner } = await ownedName(of, world.desk);
    const consensus = await seenConsensus(world.desk);
    const right = planUpdate({ name: of, owner, zonefileHash: A_ZONEFILE, consensus }, await planContext(world.desk));
    const wrong = withData(right, shortened);
    await refused("not-an-operation", wrong);
    await ignored(null, [await force(wrong)], [of]);
  });

  test("a transfer that says neither to keep nor to drop the zone file", async () => {
    const of = await settled("neither.lasting1");
    const { owner } = await ownedName(of, world.desk);
    const consensus = await seenConsensus(world.desk);
    const right = planTransfer(
      { name: of, owner, newOwner: AN_ADDRESS, keepZonefile: true, consensus },
      await planContext(world.desk),
    );
    const wrong = withData(right, (hex) => hex.replace(/^(6a..69643e)3e/u, "$123"));
    await refused("not-an-operation", wrong);
    await ignored(null, [await force(wrong)], [of]);
  });

  test("a revocation that also spends a native segwit coin", async () => {
    const key = testKey("owner with a segwit coin");
    const [p2pkh, p2wpkh] = [lockingScript("p2pkh", key), lockingScript("p2wpkh", key)];
    const owner = p2pkhAddress(hash160(key.publicKey), on);
    const of = name("segwit.lasting1");
    expect(await register({ name: of, owner, zonefile: null }, world.desk, interaction)).toMatchObject({
      state: "done",
    });
    const money = faucet(world.devnet);
    const coin = await money.pay([{ to: owner, value: satoshi(100_000) }]);
    await world.mine();
    const split = await world.desk.source.broadcast(
      signed(
        [{ txid: coin, index: 0, value: 100_000n, kind: "p2pkh", key }],
        [
          { script: p2pkh, value: 40_000n },
          { script: p2wpkh, value: 40_000n },
        ],
      ),
    );
    await world.mine();
    const data = dataScript("id", { kind: "NAME_REVOKE", name: of });
    const coins = [
      { txid: split, index: 0, value: 40_000n, kind: "p2pkh", key },
      { txid: split, index: 1, value: 40_000n, kind: "p2wpkh", key },
    ] as const;
    const outputs = [
      { role: "data", script: data, value: satoshi(0) },
      { role: "returned", script: p2pkh, value: satoshi(70_000) },
    ] as const;
    const inputs = coins.map(({ txid, index, value, kind }) => ({
      txid,
      index,
      value: satoshi(value),
      script: lockingScript(kind, key),
      height: null,
      role: "owner" as const,
    }));
    const right = planRevoke({ name: of, owner: stranger }, await planContext(world.desk));
    await refused("not-an-operation", { ...right, inputs, outputs });
    const txid = parseTxid(await world.desk.source.broadcast(signed(coins, outputs)));
    await ignored(null, [txid], [of]);
    // The same without the segwit coin is taken: nothing else was wrong with it.
    const alone = await world.desk.source.broadcast(
      signed(
        [{ txid, index: 1, value: 70_000n, kind: "p2pkh", key }],
        [
          { script: data, value: 0n },
          { script: p2pkh, value: 60_000n },
        ],
      ),
    );
    await world.mine();
    expect(await world.node.verdict(alone, (await world.desk.source.tip()).height)).toBe("accepted");
  });
});

describe("the state of names and namespaces", () => {
  test("a registration in a namespace that is not ready", async () => {
    await expect(readyNamespace(name("early.unready1"), world.desk)).rejects.toMatchObject({
      kind: "rejected",
      rule: "namespace-not-ready",
    });
    await wrongRegistration("namespace-not-ready", name("early.unready1"), {});
  });

  test("a name that somebody has", async () => {
    await wrongRegistration("name-registered", await settled("taken.lasting1"), {});
  });

  test("two registrations of one name in one block cancel each other", async () => {
    const of = name("wanted.lasting1");
    const registers: TxPlan[] = [];
    const owners = [await world.wallet.take("owner"), await world.wallet.take("owner")];
    for (const { address: owner } of owners) {
      const { desk } = world;
      const namespace = await readyNamespace(of, desk);
      const next = await nextHeight();
      const burn = nameBurn(of, namespace, NETWORK, { pricedAt: next, paidAt: next + 1 });
      const request = { name: of, owner, burn, consensus: await seenConsensus(desk), zonefileHash: null };
      const plan = planRegistration(request, await planContext(desk), desk.limits);
      const { register: registering } = await forcePreorder(plan);
      await world.mine();
      registers.push(registering);
      // the coins that the register spends are not for the next preorder
      await faucet(world.devnet).pay([
        { to: (await world.wallet.take("payment")).address, value: satoshi(90_000_000) },
      ]);
      await world.mine();
    }
    const spent = registers.map(({ inputs }) => inputs.map(({ txid }) => txid).join());
    expect(new Set(spent).size).toBe(2);
    await refused("name-collision", ...registers);
    const txids = [];
    for (const plan of registers) txids.push(await force(plan));
    await ignored("name-collision", txids, [of]);
    expect(await world.node.name(of)).toEqual({ kind: "available" });
  });

  test("a registration whose preorder is older than a name's lifetime", async () => {
    const of = name("dawdled.fleeting");
    const plan = await registrationOf(of);
    const { register: registering } = await forcePreorder(plan);
    for (let i = 0; i <= FLEETING_BLOCKS; i++) await world.mine();
    await refusedAndIgnored("preorder-expired", registering, [of]);
  });

  test("a name past its term: in grace it can only be renewed, then not even that", async () => {
    const [of, lost] = [await settled("lapsing.fleeting"), await settled("lost.fleeting")];
    for (let i = 0; i <= FLEETING_BLOCKS; i++) await world.mine();
    const { desk } = world;
    const { owner, record, namespace } = await ownedName(of, desk);
    const consensus = await seenConsensus(desk);
    const context = await planContext(desk);
    const plans = [
      planUpdate({ name: of, owner, zonefileHash: A_ZONEFILE, consensus }, context),
      planTransfer({ name: of, owner, newOwner: AN_ADDRESS, keepZonefile: true, consensus }, context),
      planRevoke({ name: of, owner }, context),
    ];
    for (const plan of plans) await refused("name-in-grace", plan);
    // one of the three: each spends the owner's only coin
    const [, transfer] = plans;
    if (transfer === undefined) throw new Error("there are three");
    await ignored("name-in-grace", [await force(transfer)], [of]);

    const renewal = async (which: Name, from: ScriptHex) => {
      const next = await nextHeight();
      const burn = nameBurn(which, namespace, NETWORK, { pricedAt: next, paidAt: next });
      const request = { name: which, owner: from, newOwner: record.address, burn, zonefileHash: null };
      return planRenew(request, await planContext(desk));
    };
    await act(of, () => renewal(of, owner));
    const { owner: loser } = await ownedName(lost, desk);
    for (let i = 0; i < 6; i++) await world.mine();
    await refusedAndIgnored("name-not-registered", await renewal(lost, loser), [lost]);
  });

  test("a namespace that was not made ready in time", async () => {
    const { revealer, record } = await revealedNamespace(UNREADY, world.desk);
    while ((await nextHeight()) < record.revealBlock + NETWORK.namespaceRevealExpire) await world.mine();
    await world.mine();
    const ready = planNamespaceReady({ namespaceId: UNREADY, revealer }, await planContext(world.desk));
    await refusedAndIgnored("namespace-not-revealed", ready);
  });
});

describe("other nodes of the same chain", () => {
  const start = async (network: Network, under: string): Promise<RunningNode> => {
    const its = join(directory, under);
    await mkdir(its);
    return startNode({
      network,
      directory: its,
      source: world.devnet.blocks,
      host: "127.0.0.1",
      port: 0,
      version: "0.0.0",
      log: () => undefined,
      progress: () => undefined,
      now: () => Date.now(),
    });
  };

  test("a network that has ended: refused before coins and keys are touched; forced, ignored", async () => {
    const end = await nextHeight();
    const ended = networkOf({ ...NETWORK, name: "ended", endHeight: end });
    const full = await start(ended, "ended");
    try {
      await full.waitForHeight(end - 1);
      const client = nodeClient({ url: full.url, own: true }, ended);
      const untouched = () => Promise.reject(new Error("nobody may ask for this"));
      const desk = {
        ...world.desk,
        network: ended,
        node: client,
        nodes: [client],
        purse: untouched,
        unlock: untouched,
      };
      await expect(
        register({ name: name("too-late.lasting1"), owner: null, zonefile: null }, desk, interaction),
      ).rejects.toMatchObject({ kind: "rejected", rule: "chain-ended" });

      // Good on the network that goes on, nothing on the one that ended.
      const { preorder } = await registrationOf(name("too-late.lasting1"));
      const txid = await force(preorder);
      await world.mine();
      full.poke();
      await full.waitForHeight(end);
      expect(await world.node.verdict(txid, blockHeight(end))).toBe("accepted");
      expect(await client.verdict(txid, blockHeight(end))).toBe("ignored");
      expect(await get(`/v1/blockchains/bitcoin/operations/${end}`, { url: full.url })).toEqual([]);
    } finally {
      await full.stop();
    }
  });

  test("a node that reads the whole chain anew comes to the same consensus hash", async () => {
    const { height } = await world.node.tip();
    const full = await start(NETWORK, "again");
    try {
      await full.waitForHeight(height);
      expect(full.store.consensusHashAt(blockHeight(height))).toBe(
        await world.node.consensusHashAt(blockHeight(height)),
      );
    } finally {
      await full.stop();
    }
  });
});
