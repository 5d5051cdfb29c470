import { MAX_BUNDLE, parseBundle } from "../bundle/bundle.ts";
import { checkBundle } from "../bundle/check.ts";
import { type Relayed, relay } from "../bundle/relay.ts";
import { command } from "../cli/command.ts";
import { card } from "../cli/layout.ts";
import { flag, path, restArgs } from "../cli/parameter.ts";
import { BskError, ParseError } from "../errors.ts";

/** What became of one bundle. */
interface RelayedFile extends Relayed {
  readonly file: string;
  /** Null where the bundle does not tell it. */
  readonly name: string | null;
  readonly preorderHash: string;
  readonly deathHeight: number;
}

const STATES: Readonly<Record<Relayed["state"], string>> = {
  registered: "registered: the network accepted the register",
  "preorder-confirmed":
    "the preorder counts; the register's part comes from the owner (bsk register NAME --release FILE)",
  waiting: "under way",
};

export const relayCommand = command({
  path: "relay",
  summary: "Finish registrations of others from their bundles",
  description: [
    "For machines without a wallet. Checks each bundle (bsk register --bundle): every signature, that every transaction is the operation that the bundle says, and that every preorder fits every register. Then it sends the preorder at the fee that the estimate and the remaining time ask for, climbs the ladder of fees while it waits, sends the register once the preorder counts, and the spare register after a collision.",
    "It keeps nothing: the chain says how far a registration is. It may be stopped at any time, started again, and run on many machines at once: for the preorder one honest relay is enough.",
    "What a relay cannot do: change name, owner, price or any output, since each transaction is signed as a whole. What it can do: nothing at all; show the transactions to others; send a preorder when its consensus hash is dead, so that its burn is gone (unless an honest relay, or the owner, was there before); and, where the bundle holds the register too, read the name, and send the register together with the preorder or before it. In one block behind its preorder a register is accepted; before its preorder it is ignored, and the spare is needed; register and spare in one block are both ignored, and then only the owner's wallet can go on (bsk register NAME). Without the register's part a bundle does not show the name.",
    "After the death height of a bundle, and when too few blocks are left before it, relay sends no preorder and ends with exit code 5.",
  ],
  examples: [
    { text: "Relay two registrations", command: "bsk relay alice.bundle bob.bundle --network regtest" },
    { text: "One look, from a timer", command: "bsk relay alice.bundle --no-wait --network regtest" },
  ],
  options: {
    files: restArgs(path, "bundles", { placeholder: "FILE", completes: "file" }),
    noWait: flag("do what is due now and return; the same command goes on later"),
  },
  run: async ({ files, noWait }, ports) => {
    const network = await ports.network();
    const bundles = [];
    for (const file of files) {
      const text = await ports.files.readText(file, MAX_BUNDLE);
      try {
        bundles.push({ file, bundle: checkBundle(parseBundle(text), network) });
      } catch (error) {
        if (error instanceof ParseError)
          throw new BskError("refuted", `"${file}": ${error.message}`, { rule: "bundle-refuted" });
        throw error;
      }
    }
    const [source, node] = [await ports.coins(), await ports.node()];
    const { terminal, clock } = ports;
    const ended = await Promise.allSettled(
      bundles.map(async ({ file, bundle }): Promise<RelayedFile> => {
        const relayed = await relay(bundle, {
          network,
          source,
          node,
          wait: !noWait,
          waiting: (what) => terminal.note(`${file}: waiting for ${what}`),
          note: (text) => terminal.note(`${file}: ${text}`),
          sleep: (ms) => clock.sleep(ms),
        });
        const { preorder, register, deathHeight } = bundle;
        return { file, name: register?.name ?? null, preorderHash: preorder.preorderHash, deathHeight, ...relayed };
      }),
    );
    const failed = ended.flatMap((each) => (each.status === "rejected" ? [each.reason as unknown] : []));
    const done = ended.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
    if (failed.length > 0) {
      for (const { file, state } of done) terminal.note(`${file}: ${STATES[state]}`);
      throw failed[0];
    }
    return { relayed: done };
  },
  text: ({ relayed }, style) =>
    relayed
      .map(({ file, name, state, txid, waitingFor, sent, deathHeight }) =>
        card(
          [
            ["bundle", file],
            ["name", name],
            ["state", STATES[state]],
            ["transaction", txid],
            ["waiting for", waitingFor],
            ["valid up to", state === "waiting" ? `block ${deathHeight}` : null],
            ...sent.map((each) => ["sent", each] as const),
          ],
          style,
        ),
      )
      .join("\n\n"),
});
