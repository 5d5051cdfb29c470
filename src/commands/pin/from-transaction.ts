import { command } from "../../cli/command.ts";
import { arg, option } from "../../cli/parameter.ts";
import { pinWords } from "../../cli/pin.ts";
import { BskError, ParseError } from "../../errors.ts";
import { candidateHistory } from "../../lightnode/candidate-history.ts";
import { reachedPins } from "../../lightnode/pin-reach.ts";
import { isAttested, shownPin } from "../../lightnode/pin.ts";
import { anchorBy, embeddingAt, type TransactionPlace } from "../../lightnode/transaction-anchor.ts";
import { type Txid, txid } from "../../primitives/hash.ts";
import { type BlockHeight, blockHeight, parseBlockHeight } from "../../primitives/units.ts";
import type { Ports } from "../../cli/ports.ts";

/** Blocks below the embedded hash that are looked at for one that fixes its height. */
const BACK = 288;

type Reference = { readonly txid: Txid } | { readonly height: BlockHeight; readonly index: number };

/** A transaction's id, or its serial number: `HEIGHT-INDEX`. @throws ParseError */
function reference(text: string): Reference {
  const [, height, index] = /^([0-9]{1,10})-(0|[1-9][0-9]{0,5})$/u.exec(text) ?? [];
  if (height !== undefined) return { height: parseBlockHeight(height), index: Number(index) };
  try {
    return { txid: txid(text) };
  } catch {
    throw new ParseError(`neither a transaction id nor HEIGHT-INDEX: "${text}"`);
  }
}

export const pinFromTransactionCommand = command({
  path: "pin from-transaction",
  summary: "Take a pin from a transaction that you trust",
  description: [
    "A preorder, update or transfer carries the consensus hash that its sender saw. If you trust the sender (it is your own, or somebody published it), the hash is a pin for everything before it.",
    "The transaction is taken from your Bitcoin node: headers, proofs of work and the block's Merkle root are checked. A node has to show a history that accepted it in that block and has the hash where it may stand, up to 24 blocks before; that history has to be that of the pins held.",
    "What it does not prove, without a later pin that you hold: that the network accepted the transaction. A node can make up a history in which it did, but none in which it carries a hash that its sender did not see.",
  ],
  examples: [
    { text: "Your own preorder", command: `bsk pin from-transaction ${"5".repeat(64)}` },
    { text: "By block and index", command: "bsk pin from-transaction 480123-77" },
  ],
  options: {
    transaction: arg(reference, "its id, or the height of its block and its index there", {
      placeholder: "TXID|HEIGHT-INDEX",
    }),
    at: option(parseBlockHeight, "the block that holds it, where no Bitcoin node tells", { placeholder: "HEIGHT" }),
  },
  run: async ({ transaction, at }, ports) => {
    const [network, source, book] = await Promise.all([ports.network(), ports.checkedBlocks(), ports.pins()]);
    const nodes = await ports.nodes();
    const operation = await embeddingAt(source, await placeOf(transaction, at, ports), network);
    const { height } = operation;
    const from = Math.max(network.firstBlock, height - network.consensusHashWindow - BACK);
    const [node] = nodes;
    const history = await candidateHistory(node, network, from, blockHeight(height));
    if (history.kind !== "proven") {
      throw history.kind === "refuted"
        ? new BskError("refuted", `${node.url} gave a history that does not hold: ${history.because}`, {
            rule: "history-refuted",
          })
        : new BskError("unproven", `it would take ${history.missing}`, {
            rule: "not-indexed",
            hint: "bsk node status shows how far the node is",
          });
    }
    const { pin, acceptedBy } = await anchorBy(operation, history.value, source, network);
    const held = book.list();
    const ofHistory = await reachedPins(acceptedBy, held, nodes, network);
    const reached = await reachedPins(pin, held, nodes, network);
    const accepted = ofHistory.find((each) => each.height >= acceptedBy.height && isAttested(each)) ?? null;
    const evidence = { by: "transaction", txid: operation.txid, height } as const;
    return {
      ...shownPin(await book.add(book.make(pin, { kind: "chain", evidence }))),
      transaction: { txid: operation.txid, height, index: operation.vtxindex, kind: operation.kind },
      /** The pin held under which the transaction is proven to be accepted; null: that is the node's word. */
      acceptedUnder: accepted === null ? null : accepted.height,
      node: node.url,
      reached: reached.map((each) => each.height),
    };
  },
  text: ({ transaction, acceptedUnder, node, reached: _, ...shown }, style) =>
    [
      `pinned ${pinWords(shown, style)}`,
      `${transaction.kind} in block ${transaction.height}, index ${transaction.index}`,
      acceptedUnder === null
        ? style.dim(`that the network accepted it is what ${node} says; no later pin is held`)
        : style.dim(`accepted, under the pin of block ${acceptedUnder}`),
    ].join("\n"),
});

async function placeOf(of: Reference, at: BlockHeight | undefined, ports: Ports): Promise<TransactionPlace> {
  if ("index" in of) return { height: of.height, which: { index: of.index } };
  if (at !== undefined) return { height: at, which: of };
  const status = await (await ports.coins()).transactionStatus(of.txid);
  if (status.kind === "confirmed") return { height: status.height, which: of };
  throw new BskError("usage", `no block holds transaction ${of.txid}, as far as the Bitcoin node knows`, {
    rule: "transaction-not-found",
    hint: "name its block with --at HEIGHT; an old transaction needs a Bitcoin node with txindex=1",
  });
}
