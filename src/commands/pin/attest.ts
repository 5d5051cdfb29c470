import { parseAmount, showAmount } from "../../cli/amount.ts";
import { command } from "../../cli/command.ts";
import { table } from "../../cli/layout.ts";
import { integer, optionalArg, optionOr } from "../../cli/parameter.ts";
import { pin as parsePin, pinWords } from "../../cli/pin.ts";
import type { Style } from "../../cli/style.ts";
import { BskError } from "../../errors.ts";
import { type Attestation, attest, gatherEmbedded } from "../../lightnode/attest.ts";
import { candidateHistory } from "../../lightnode/candidate-history.ts";
import { reachedPins } from "../../lightnode/pin-reach.ts";
import { shownPin } from "../../lightnode/pin.ts";
import type { Share, Tally } from "../../lightnode/tally.ts";

/** With the hashes that may be embedded in the first of them no more than a stretch (verify/reach.ts). */
const MOST_BLOCKS = 1008;

/** One history, as the result shows it. */
interface ShownHistory {
  readonly url: string;
  readonly height: number | null;
  readonly consensusHash: string | null;
  readonly verdict: string;
  readonly tally: Tally | null;
}

export const pinAttestCommand = command({
  path: "pin attest",
  summary: "Take a pin from the Bitcoin chain: from the hashes that others embedded in their operations",
  description: [
    "Preorders, updates and transfers carry the consensus hash that their sender saw. Reads them from the last blocks of your Bitcoin node (headers, proofs of work and Merkle roots are checked), asks the nodes of --node or the settings for the histories that they follow, and tallies which history those senders saw, from the hash of the pin's block on.",
    "Operations and senders cost a liar little more than fees. What was burnt is gone: a pin is attested where at least so much was burnt on its history, and three times as much as on others. On a network where little is burnt, that says little: look at the numbers.",
    "Without a pair the highest that is attested is taken, three blocks below the last at most. Nothing is stored, and the exit code is 4 where too little speaks for any pin, 3 where the chain speaks against it.",
  ],
  examples: [
    {
      text: "Which of two nodes follows the history that others pay for",
      command: "bsk pin attest --node https://a.example,https://b.example",
    },
  ],
  options: {
    pair: optionalArg(parsePin, "this pair and no other", { placeholder: "HEIGHT:HASH" }),
    blocks: optionOr("144", integer(1, MOST_BLOCKS), "blocks to read", { placeholder: "N" }),
    leastCount: optionOr("10", integer(1, 1_000_000), "operations that have to match", { placeholder: "N" }),
    leastSenders: optionOr("3", integer(1, 1_000_000), "distinct senders of them", { placeholder: "N" }),
    leastBurn: optionOr("1000000", parseAmount, "satoshis that they have to have burnt", { placeholder: "SATS" }),
  },
  run: async ({ pair, blocks, leastCount, leastSenders, leastBurn }, ports) => {
    const [network, source, nodes, book] = await Promise.all([
      ports.network(),
      ports.checkedBlocks(),
      ports.nodes(),
      ports.pins(),
    ]);
    const threshold = { leastOperations: leastCount, leastSenders, leastBurnt: Number(leastBurn) };
    const to = (await source.tip()).height;
    const from = Math.max(network.firstBlock, to - blocks + 1);
    const progress = ports.terminal.progress("blocks");
    ports.atEnd(() => progress.stop());
    const embedded = await gatherEmbedded(source, network, { from, to }, (height) => {
      ports.signal.throwIfAborted();
      progress.update(String(height), height - from + 1, to - from + 1);
    });
    progress.stop();
    const lowest = Math.max(network.firstBlock, from - network.consensusHashWindow);
    const judged = await Promise.all(
      nodes.map(async (node) => {
        const history = await candidateHistory(node, network, lowest);
        const outcome =
          history.kind === "proven" ? await attest(history.value, embedded, threshold, pair ?? null) : history;
        return { url: node.url, outcome };
      }),
    );
    const shown = {
      from,
      to,
      operations: embedded.length,
      histories: judged.map(({ url, outcome }) => ofHistory(url, outcome)),
    };
    const best = judged
      .flatMap(({ url, outcome }) => (outcome.kind === "proven" ? [{ url, ...outcome.value }] : []))
      .filter(({ verdict }) => verdict === "attested")
      .reduce<(Attestation & { readonly url: string }) | null>(better, null);
    if (best === null) throw notAttested(shown);
    const reached = await reachedPins(best.pin, book.list(), nodes, network);
    const { operations, senders, burnt } = best.tally.matching;
    const evidence = { by: "tally", from, to, operations, senders, burnt } as const;
    const stored = await book.add(book.make(best.pin, { kind: "chain", evidence }));
    return { ...shownPin(stored), ...shown, reached: reached.map(({ height }) => height) };
  },
  text: ({ from, to, operations, histories, reached: _, ...pin }, style) =>
    [
      `${operations} operations with a consensus hash in blocks ${from} to ${to}`,
      "",
      historyTable(histories, style),
      "",
      `pinned ${pinWords(pin, style)}`,
    ].join("\n"),
});

type Judged = Awaited<ReturnType<typeof attest>>;

function ofHistory(url: string, outcome: Judged): ShownHistory {
  if (outcome.kind === "proven") {
    const { pin, verdict, tally } = outcome.value;
    return { url, ...pin, verdict, tally };
  }
  const verdict =
    outcome.kind === "refuted" ? `refuted: ${outcome.because}` : `unproven: it would take ${outcome.missing}`;
  return { url, height: null, consensusHash: null, verdict, tally: null };
}

function better<A extends Attestation>(a: A | null, b: A): A {
  if (a === null || b.pin.height > a.pin.height) return b;
  return b.pin.height === a.pin.height && b.tally.matching.burnt > a.tally.matching.burnt ? b : a;
}

function share({ operations, senders, burnt }: Share): string {
  return `${operations} of ${senders}, ${showAmount(BigInt(burnt))}`;
}

function shareWords({ operations, senders, burnt }: Share): string {
  return `${operations} of ${senders} senders that burnt ${showAmount(BigInt(burnt))}`;
}

function historyTable(histories: readonly ShownHistory[], style: Style): string {
  return table(
    ["HISTORY OF", "PIN", "MATCHING", "AGAINST", "UNREADABLE", "VERDICT"],
    histories.map(({ url, height, tally, verdict }) => [
      url,
      height === null ? "" : String(height),
      tally === null ? "" : share(tally.matching),
      tally === null ? "" : share(tally.against),
      tally === null ? "" : String(tally.hidden),
      verdict === "attested" ? style.good(verdict) : style.warn(verdict),
    ]),
    style,
  );
}

function notAttested(of: {
  readonly from: number;
  readonly to: number;
  readonly operations: number;
  readonly histories: readonly ShownHistory[];
}): BskError {
  const { from, to, operations, histories } = of;
  const words = histories.map(({ url, tally, verdict }) =>
    tally === null
      ? `${url}: ${verdict}`
      : `${url}: ${shareWords(tally.matching)} match, ${shareWords(tally.against)} do not${tally.early > 0 ? `, ${tally.early} came before the block whose hash they carry` : ""}`,
  );
  const message = `${operations} operations of blocks ${from} to ${to} carry a consensus hash; they attest no pin: ${words.join("; ")}`;
  const isContradicted = histories.every(({ verdict }) => verdict === "contradicted" || verdict.startsWith("refuted"));
  return isContradicted
    ? new BskError("refuted", message, {
        rule: "pin-contradicted-by-chain",
        hint: "those who burnt coins saw another history; ask your own node, or others",
      })
    : new BskError("unproven", message, {
        rule: "pin-not-attested",
        hint: "read more blocks (--blocks), or ask for less (--least-count, --least-senders, --least-burn) if the numbers convince you",
      });
}
