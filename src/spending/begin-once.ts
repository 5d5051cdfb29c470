/** Begins a wish once, whoever else wants the same, and holds the wallet for no longer than it takes. */
import type { Entry } from "../journal/entry.ts";
import { outpointText } from "../wallet/coins.ts";
import type { TxPlan } from "../wallet/plan.ts";
import type { Desk } from "./desk.ts";
import { follow } from "./follow.ts";
import { lookBack } from "./look-back.ts";
import type { Interaction } from "./perform.ts";
import { type Receipt, receiptOf } from "./receipt.ts";

/** What is about to be begun: planned and judged, and not agreed to. */
export interface Proposal {
  readonly plans: readonly TxPlan[];
  /** The end of a dry run. */
  receipt(): Promise<Receipt>;
  /** Signs it and writes it to the journal. */
  begin(): Promise<Entry>;
}

/** A receipt: there is nothing to begin. `note` is told what the user should know before agreeing. */
type Prepare = (note: Interaction["note"]) => Promise<Proposal | Receipt>;

type Begun =
  | { readonly kind: "entry"; readonly entry: Entry }
  | { readonly kind: "receipt"; readonly receipt: Receipt }
  | { readonly kind: "again" };

/**
 * Continues what is under way, or begins it while no other process of this wallet can: of two that want the same at
 * once, one begins it, and the other goes on with it.
 *
 * A person is asked, for the answer and the passphrase, while nobody holds the wallet. What was agreed to is planned
 * again before it is signed; where coins or amounts are others by then, the person is asked again.
 */
export async function beginOnce(
  find: () => Entry | null,
  prepare: Prepare,
  desk: Desk,
  interaction: Interaction,
): Promise<Receipt> {
  if (!interaction.dryRun) await lookBack(desk, interaction.following, interaction.note);
  for (;;) {
    const live = find();
    if (live !== null) return resume(live, desk, interaction);
    const asked = interaction.asks === true && !interaction.dryRun ? await ask(prepare, desk, interaction) : null;
    if (asked !== null && !isProposal(asked)) return asked;
    // Looked for again under the lock: while this process waited for it, another may have begun.
    const begun = await desk.alone(() =>
      find() === null ? begin(prepare, asked, interaction) : Promise.resolve<Begun>({ kind: "again" }),
    );
    if (begun.kind === "receipt") return begun.receipt;
    if (begun.kind === "entry") return receiptOf(await follow(begun.entry, desk, interaction.following), desk);
  }
}

/** Shows what would be sent and asks for everything that a person has to give. */
async function ask(prepare: Prepare, desk: Desk, interaction: Interaction): Promise<Proposal | Receipt> {
  const proposal = await prepare(interaction.note);
  if (!isProposal(proposal)) return proposal;
  await interaction.confirm(proposal.plans);
  await desk.unlock();
  return proposal;
}

/** `agreed`: what the user said yes to, null where nobody is asked. */
async function begin(prepare: Prepare, agreed: Proposal | null, interaction: Interaction): Promise<Begun> {
  const proposal = await prepare(agreed === null ? interaction.note : () => undefined);
  if (!isProposal(proposal)) return { kind: "receipt", receipt: proposal };
  if (agreed === null) await interaction.confirm(proposal.plans);
  else if (!isSameSpending(agreed.plans, proposal.plans)) {
    interaction.note("coins or amounts have changed since: look again");
    return { kind: "again" };
  }
  if (interaction.dryRun) return { kind: "receipt", receipt: await proposal.receipt() };
  return { kind: "entry", entry: await proposal.begin() };
}

function isProposal(prepared: Proposal | Receipt): prepared is Proposal {
  return "begin" in prepared;
}

/** The same coins for the same outputs. A payload may carry a newer consensus hash: it costs the same and lives longer. */
export function isSameSpending(before: readonly TxPlan[], now: readonly TxPlan[]): boolean {
  const spending = ({ purpose, inputs, outputs }: TxPlan): string =>
    JSON.stringify([
      purpose,
      inputs.map(outpointText),
      outputs.map(({ role, script, value }) => [value.toString(), role === "data" ? role : script]),
    ]);
  return before.map(spending).join() === now.map(spending).join();
}

/** Goes on with what was begun earlier. */
async function resume(entry: Entry, desk: Desk, interaction: Interaction): Promise<Receipt> {
  interaction.note(`already under way since ${entry.createdAt}: ${entry.purpose}; going on with it`);
  return receiptOf(interaction.dryRun ? entry : await follow(entry, desk, interaction.following), desk);
}
