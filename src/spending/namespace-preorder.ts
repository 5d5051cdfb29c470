/** The open preorder of a namespace, found on the chain by the wallet's keys alone: nothing has to be remembered. */
import { type Address, addressOf, type ScriptHex } from "../bitcoin/address.ts";
import { BskError } from "../errors.ts";
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
 * Tries every revealer of the wallet that was handed out with every script that holds money: their hash is the preorder's.
 * @throws BskError `rejected`, rule `preorder-not-found`
 */
export async function openNamespacePreorder(
  id: NamespaceId,
  given: Address | null,
  purse: Purse,
  desk: Pick<Desk, "network" | "nodes" | "scripts">,
): Promise<FoundPreorder> {
  const revealers = given === null ? ownRevealers(desk) : [given];
  const payers = [...new Set(payerCoins(purse).map(({ script }) => script))];
  const tried = payers.flatMap((payer) =>
    revealers.map((revealer) => ({ payer, revealer, hash: preorderHashOf(id, payer, revealer) })),
  );
  for (let from = 0; from < tried.length; from += HASHES_PER_QUESTION) {
    const portion = tried.slice(from, from + HASHES_PER_QUESTION);
    const { preorders } = await askNode(desk, { preorderHashes: portion.map(({ hash }) => hash) });
    const open = new Set(preorders.filter(({ op }) => op === "*").map(({ preorderHash }) => preorderHash));
    const found = portion.find(({ hash }) => open.has(hash));
    if (found !== undefined) return { payer: found.payer, revealer: found.revealer };
  }
  throw new BskError("rejected", `this wallet has no open preorder of the namespace "${id}"`, {
    rule: "preorder-not-found",
    hint: `preorder it first: bsk namespace preorder ${id}`,
  });
}

function ownRevealers({ network, ...desk }: Pick<Desk, "scripts" | "network">): Address[] {
  return desk
    .scripts()
    .filter(({ path, used }) => path.purpose === "reveal" && used)
    .flatMap(({ script }) => addressOf(script, network.bitcoin) ?? []);
}
