/** The open preorder of a namespace, found on the chain by the wallet's keys alone: nothing has to be remembered. */
import { type Address, addressOf, type ScriptHex } from "../bitcoin/address.ts";
import { BskError } from "../errors.ts";
import { variantsOf } from "../journal/entry.ts";
import { preorderHashOf } from "../ops/preorder-hash.ts";
import type { NamespaceId } from "../primitives/name.ts";
import { payerCoins, type Purse } from "../wallet/coins.ts";
import type { Desk } from "./desk.ts";
import { askNode } from "./judge.ts";

/** A node takes a question of at most 256 keys, in a URL of some kilobytes. */
const HASHES_PER_QUESTION = 100;

/** Who preordered, and the revealer that the preorder named. */
interface FoundPreorder {
  readonly payer: ScriptHex;
  readonly revealer: Address;
}

/**
 * Tries every revealer of the wallet that was handed out with every script that may have paid: their hash is the preorder's.
 * @throws BskError `rejected`, rule `preorder-not-found`
 */
export async function openNamespacePreorder(
  id: NamespaceId,
  given: Address | null,
  purse: Purse,
  desk: Where,
): Promise<FoundPreorder> {
  const found = await findNamespacePreorder(id, given, purse, desk);
  if (found !== null) return found;
  throw new BskError("rejected", `this wallet has no open preorder of the namespace "${id}"`, {
    rule: "preorder-not-found",
    hint: `preorder it first: bsk namespace preorder ${id}`,
  });
}

/**
 * A namespace is dear: it is not preordered while an earlier preorder of this wallet can still be revealed.
 * @throws BskError `rejected`, rule `preorder-open`
 */
export async function requireNoOpenPreorder(
  id: NamespaceId,
  given: Address | null,
  purse: Purse,
  desk: Where,
): Promise<void> {
  const found =
    (await findNamespacePreorder(id, null, purse, desk)) ??
    (given === null ? null : await findNamespacePreorder(id, given, purse, desk));
  if (found === null) return;
  throw new BskError("rejected", `this wallet has preordered the namespace "${id}" already`, {
    rule: "preorder-open",
    hint: `a second preorder would burn its price again; go on with: bsk namespace reveal ${id}`,
  });
}

interface Where extends Pick<Desk, "network" | "nodes" | "scripts"> {
  readonly journal: Pick<Desk["journal"], "entries">;
}

async function findNamespacePreorder(
  id: NamespaceId,
  given: Address | null,
  purse: Purse,
  desk: Where,
): Promise<FoundPreorder | null> {
  const revealers = given === null ? ownRevealers(desk) : [given];
  const payers = [...new Set([...payersOnRecord(id, desk), ...payerCoins(purse).map(({ script }) => script)])];
  const tried = payers.flatMap((payer) =>
    revealers.map((revealer) => ({ payer, revealer, hash: preorderHashOf(id, payer, revealer) })),
  );
  for (let from = 0; from < tried.length; from += HASHES_PER_QUESTION) {
    const some = tried.slice(from, from + HASHES_PER_QUESTION);
    const { preorders } = await askNode(desk, { preorderHashes: some.map(({ hash }) => hash) });
    const found = some.find(({ hash }) =>
      preorders.some(({ preorderHash, op }) => op === "*" && preorderHash === hash),
    );
    if (found !== undefined) return { payer: found.payer, revealer: found.revealer };
  }
  return null;
}

/** The change of a preorder goes to who paid it: the journal still knows it when that coin is spent long since. */
function payersOnRecord(id: NamespaceId, { journal }: Pick<Where, "journal">): ScriptHex[] {
  return journal
    .entries()
    .filter(({ kind, subject }) => kind === "operation" && subject === id)
    .flatMap((entry) => variantsOf(entry).flatMap(({ returns }) => returns.map(({ script }) => script)));
}

function ownRevealers({ network, ...desk }: Pick<Desk, "scripts" | "network">): Address[] {
  return desk
    .scripts()
    .filter(({ path, used }) => path.purpose === "reveal" && used)
    .flatMap(({ script }) => addressOf(script, network.bitcoin) ?? []);
}
