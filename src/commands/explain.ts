import { showAmount } from "../cli/amount.ts";
import { command } from "../cli/command.ts";
import { card } from "../cli/layout.ts";
import { arg, text } from "../cli/parameter.ts";
import { BskError, ParseError } from "../errors.ts";
import { fromHex } from "../primitives/bytes.ts";
import { type Txid, txid as parseTxid } from "../primitives/hash.ts";
import { ownStory, ownTransaction } from "../spending/own-story.ts";
import { explain, type ExplainedVerdict } from "../spending/explain.ts";

const VERDICTS: Readonly<Record<ExplainedVerdict, string>> = {
  accepted: "accepted by the network",
  ignored: "ignored by the network",
  "would-be-accepted": "the network would accept it in the next block",
  "would-be-ignored": "the network would ignore it in the next block",
  "no-operation": "no operation: to the network it says nothing",
  "not-indexed": "not known yet",
  unknown: "not known here",
};

/** Shown elsewhere, or of no use to a person. */
const HIDDEN: ReadonlySet<string> = new Set(["kind", "txid", "vtxindex", "sender", "senderPubkey", "recipient"]);
const TXID_DIGITS = 64;

export const explainCommand = command({
  path: "explain",
  summary: "Say what the network made of a transaction, and why",
  description: [
    "Of a confirmed transaction: whether the network accepted its operation, else the rule that refused it and with what values, or why it is no operation at all (which input, output or byte). Of an unconfirmed one, or one given in hex: what the network would make of it in the next block, alone, and the last block in which its consensus hash is valid.",
    "Of a transaction of this wallet also what it was for, whether a block holds another version of it, and what can be done now.",
    "The rules' answer is that of the node that is asked (--node); the outputs that a transaction spends come from the Bitcoin node, which finds old ones with txindex=1.",
  ],
  examples: [
    { text: "Why was this ignored?", command: `bsk explain ${"5".repeat(TXID_DIGITS)} --network regtest` },
    { text: "A transaction in a file, not sent yet", command: "bsk explain - --network regtest < raw.hex" },
  ],
  options: {
    transaction: arg(text, "its id, or the whole transaction in hex, or -", { placeholder: "TXID|HEX" }),
  },
  run: async ({ transaction }, ports) => {
    const given = (transaction === "-" ? await ports.files.readText("-") : transaction).trim().toLowerCase();
    const network = await ports.network();
    const what = parse(given);
    const [source, node] = [await ports.coins(), await ports.node()];
    const desk = (await ports.wallet()).exists() ? await ports.desk() : null;
    const own = (txid: Txid) => (desk === null ? null : ownTransaction(txid, desk));
    // What is signed and not sent yet, the journal alone knows.
    const kept = typeof what === "string" ? own(what) : null;
    const explanation = await explain(kept === null ? what : fromHex(kept.variant.raw), {
      network,
      source,
      node,
    }).catch((error: unknown) => {
      throw error instanceof ParseError ? new BskError("usage", `TXID|HEX: ${error.message}`) : error;
    });
    const ours = kept ?? own(explanation.txid);
    return { ...explanation, own: ours === null || desk === null ? null : await ownStory(ours, desk) };
  },
  text: ({ txid, where, height, verdict, operation, rule, demands, because, deathHeight, own, asOf }, style) => {
    const isGood = verdict === "accepted" || verdict === "would-be-accepted";
    const fields = Object.entries(operation ?? {}).filter(([field, value]) => !HIDDEN.has(field) && value !== null);
    return card(
      [
        ["transaction", txid],
        ["in block", height === null ? null : String(height)],
        ["where", where === "mempool" ? "in the mempool" : where === "unknown" ? "not on the chain" : null],
        ["verdict", isGood ? style.good(VERDICTS[verdict]) : style.warn(VERDICTS[verdict])],
        ["operation", operation?.kind ?? null],
        ["rule", rule],
        ["demands", demands],
        ["because", because],
        ["valid up to", deathHeight === null ? null : `block ${deathHeight}`],
        ...fields.map(([field, value]) => [labelOf(field), shown(field, value)] as const),
        [
          "of this wallet",
          own === null ? null : `${own.purpose}: ${own.role}, ${own.sent ? "sent" : "signed, not sent"}`,
        ],
        ["there", own === null ? null : own.state + (own.because === null ? "" : `: ${own.because}`)],
        ["instead", own?.instead ?? null],
        ["now", own?.next ?? null],
        ["judged at", `block ${asOf}`],
      ],
      style,
    );
  },
});

/** An id is 64 hex digits; no transaction is that short. */
function parse(given: string): Txid | Uint8Array {
  try {
    return given.length === TXID_DIGITS ? parseTxid(given) : fromHex(given);
  } catch (error) {
    if (error instanceof ParseError) throw new BskError("usage", `TXID|HEX: ${error.message}`);
    throw error;
  }
}

/** "recipientAddress" -> "recipient address"; the address of whoever paid input 0 is the sender. */
function labelOf(field: string): string {
  return field === "address" ? "sender" : field.replaceAll(/[A-Z]/gu, (capital) => ` ${capital.toLowerCase()}`);
}

function shown(field: string, value: unknown): string {
  if (field === "opFee" && typeof value === "number") return showAmount(BigInt(value));
  return Array.isArray(value) ? value.join(" ") : String(value);
}
