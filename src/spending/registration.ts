/** A registration: all its transactions planned, funded, judged and signed before the first goes out (design §4). */
import { Buffer } from "node:buffer";
import type { Address } from "../bitcoin/address.ts";
import { BskError } from "../errors.ts";
import { type Entry, type EntryStep, registrationId, type StepRole, variantsOf } from "../journal/entry.ts";
import { zonefileHash } from "../primitives/hash.ts";
import { hash160 } from "../primitives/digest.ts";
import { type Name, namespaceOf } from "../primitives/name.ts";
import type { NamespaceRecord } from "../ops/record.ts";
import { isLiveAt, isNamespaceReady } from "../protocol/lifetime.ts";
import { nameBurn } from "../wallet/burn.ts";
import { blockHeight } from "../primitives/units.ts";
import { afterSplit, planRegistration, type RegistrationPlan } from "../wallet/plan-registration.ts";
import type { TxPlan } from "../wallet/plan.ts";
import type { PreviousTransactions } from "../wallet/sign.ts";
import { begin, requireAcceptable, scriptsOf, sign, signAll, variantOf } from "./carry-out.ts";
import { chooseConsensusHash } from "./consensus-choice.ts";
import type { Desk } from "./desk.ts";
import { askNode, judge, requireLiving } from "./judge.ts";
import { beginOnce, type Proposal } from "./begin-once.ts";
import type { Interaction } from "./perform.ts";
import { planContext } from "./plan-context.ts";
import { raceLines } from "./race-lines.ts";
import { lookForRaces, type Races, requireNoRace } from "./races.ts";
import { readied } from "./readied.ts";
import { plannedReceipt, type Receipt, receiptOf } from "./receipt.ts";

export interface RegistrationRequest {
  readonly name: Name;
  /** Address that will own the name; null: a fresh one of the wallet. */
  readonly owner: Address | null;
  readonly zonefile: Uint8Array | null;
  /** Go on although somebody else is registering the name. */
  readonly race?: boolean;
}

interface OwnedRequest extends RegistrationRequest {
  readonly owner: Address;
}

/**
 * The live registration of a name, whatever its owner: a fresh owner each time must not pay twice.
 * @throws BskError `usage` where it was begun for another owner or zone file than is asked for now.
 */
export function liveRegistration({ journal }: Pick<Desk, "journal">, request: RegistrationRequest): Entry | null {
  const { name, owner, zonefile } = request;
  const live = journal.live().find(({ kind, subject }) => kind === "registration" && subject === name);
  if (live === undefined) return null;
  const differs = (what: string): BskError =>
    new BskError("usage", `the registration of "${name}" that is under way has another ${what}`, {
      rule: "already-under-way",
      hint: `it was signed as it was begun: bsk register ${name} goes on with it`,
    });
  if (owner !== null && owner !== live.owner) throw differs(`owner, ${live.owner ?? "none"}`);
  if (zonefile !== null && Buffer.from(zonefile).toString("base64") !== live.zonefile) throw differs("zone file");
  return live;
}

/** The registration of a name that the wallet has finished, as long as the name is what it made of it. */
async function finishedRegistration(
  { name, owner, zonefile }: RegistrationRequest,
  desk: Pick<Desk, "journal" | "network" | "nodes">,
): Promise<Entry | null> {
  const done = desk.journal
    .entries()
    .findLast(({ kind, subject, state }) => kind === "registration" && subject === name && state === "done");
  if (done === undefined || (owner !== null && owner !== done.owner)) return null;
  if (zonefile !== null && Buffer.from(zonefile).toString("base64") !== done.zonefile) return null;
  const { names, namespaces, height } = await askNode(desk, { names: [name] });
  const record = names.find((each) => each.name === name);
  const namespace = namespaces.find(({ namespaceId }) => namespaceId === namespaceOf(name));
  if (record === undefined || namespace === undefined || record.revoked || record.address !== done.owner) return null;
  return isLiveAt(record, namespace, height + 1, desk.network) ? done : null;
}

/**
 * Plans both phases and asks the rules for both together: a preorder alone hides its name, so the rules cannot object.
 * @throws BskError `rejected` with the rule, `wallet` with the shortfall.
 */
async function prepareRegistration(
  request: OwnedRequest,
  desk: Desk,
  note: Interaction["note"],
): Promise<RegistrationPlan> {
  await requireLiving(desk);
  const { name, owner, zonefile } = request;
  const { network } = desk;
  const namespace = await readyNamespace(name, desk);
  const consensus = await chooseConsensusHash(desk.nodes, network);
  const { height } = await desk.source.tip();
  const plan = planRegistration(
    {
      name,
      owner,
      // Priced at the next block; paid to whoever is paid when the register confirms, a few blocks later.
      burn: nameBurn(name, namespace, network, { pricedAt: height + 1, paidAt: height + 2 }),
      consensus: { hash: consensus.hash, height: blockHeight(consensus.height) },
      zonefileHash: zonefile === null ? null : zonefileHash.of(hash160(zonefile)),
    },
    await planContext(desk, note),
    desk.limits,
  );
  await judge([plan.preorder, plan.register], desk);
  return plan;
}

/** The namespace of a name. @throws BskError `rejected` if nobody can register in it. */
export async function readyNamespace(name: Name, desk: Pick<Desk, "network" | "nodes">): Promise<NamespaceRecord> {
  const id = namespaceOf(name);
  const { namespaces } = await askNode(desk, { namespaces: [id] });
  const namespace = namespaces.find(({ namespaceId }) => namespaceId === id);
  if (namespace !== undefined && isNamespaceReady(namespace)) return namespace;
  throw new BskError(
    "rejected",
    `the namespace "${id}" ${namespace === undefined ? "does not exist" : "is not ready"}`,
    {
      rule: "namespace-not-ready",
      hint: `it must be revealed and made ready first: bsk namespace show ${id}`,
    },
  );
}

/** Signs all of it, asks the mempool for all, and writes the entry. Nothing is sent yet: `follow` does that. */
async function beginRegistration(
  { name, owner, zonefile }: OwnedRequest,
  planned: RegistrationPlan,
  desk: Desk,
): Promise<Entry> {
  const keys = await desk.unlock();
  const { split } = planned;
  await desk.use(scriptsOf([...(split === null ? [] : [split]), planned.preorder, planned.register, planned.spare]));
  const first = split === null ? null : await sign(split, keys, desk);
  const plan = first === null ? planned : afterSplit(planned, first.txid);
  const fresh: PreviousTransactions = new Map(first === null ? [] : [[first.txid, first.raw]]);
  const signed = async (role: StepRole, each: TxPlan): Promise<EntryStep> => ({
    role,
    variants: await signAll(readied(each, desk), keys, desk, fresh),
  });
  const steps = [
    ...(split === null || first === null
      ? []
      : [{ role: "split" as const, variants: [variantOf(split, first, desk)] }]),
    await signed("preorder", plan.preorder),
    await signed("register", plan.register),
    await signed("spare", plan.spare),
  ];
  await requireAcceptable(
    steps.flatMap(({ variants }) => variants.slice(0, 1)),
    desk,
  );
  return begin(
    registrationId(desk.network.id, name, owner),
    { kind: "registration", subject: name, purpose: `register ${name}`, owner, zonefile },
    steps,
    desk,
  );
}

/** Who else is at it; the wallet's own transactions are no rivals. */
function racesOf(name: Name, { preorder }: RegistrationPlan, desk: Desk): Promise<Races> {
  const own = new Set(desk.journal.entries().flatMap((entry) => variantsOf(entry).map(({ txid }) => txid)));
  const preorderHash = preorder.payload?.kind === "NAME_PREORDER" ? preorder.payload.preorderHash : null;
  return lookForRaces({ name, preorderHash }, desk, own);
}

/**
 * The whole registration: continues a live one, or plans, asks and begins a new one, then follows it.
 */
export async function register(request: RegistrationRequest, desk: Desk, interaction: Interaction): Promise<Receipt> {
  await requireLiving(desk);
  const { name } = request;
  const prepare = async (note: Interaction["note"]): Promise<Proposal | Receipt> => {
    const finished = await finishedRegistration(request, desk);
    if (finished !== null) {
      note(`"${name}" is registered already, begun ${finished.createdAt}: nothing is paid again`);
      return receiptOf(finished, desk);
    }
    const wanted = { ...request, owner: request.owner ?? desk.freshOwner() };
    const plan = await prepareRegistration(wanted, desk, note);
    const plans = [...(plan.split === null ? [] : [plan.split]), plan.preorder, plan.register];
    const races = await racesOf(name, plan, desk);
    for (const line of raceLines(races)) note(line);
    if (!interaction.dryRun && request.race !== true) requireNoRace(races);
    const intent = { purpose: `register ${name}`, subject: name, owner: wanted.owner };
    return {
      plans,
      receipt: async () => ({ ...(await plannedReceipt(intent, plans, desk)), races }),
      begin: () => beginRegistration(wanted, plan, desk),
    };
  };
  return beginOnce(() => liveRegistration(desk, request), prepare, desk, interaction);
}
