import { command } from "../../cli/command.ts";
import { pendingCards, shownEntry } from "../../cli/pending.ts";
import { pendingEntries } from "../../spending/pending.ts";

export const pendingCommand = command({
  path: "pending",
  summary: "List what is under way",
  description: [
    "Compares every entry of the journal with the chain and tells where it stands: its state, its deadline, what it has cost so far, and what happens next. Entries that ended are compared for some blocks more, since a reorganisation may bring them back. Nothing is sent.",
    "An operation with a consensus hash is valid for some blocks only; a block after its deadline ignores it, and what it burns is gone. With enough time left its fee is raised; then a fresh hash takes its place, which needs the passphrase; without it a burn is taken back by a cancel before it is lost.",
  ],
  examples: [{ text: "What is under way", command: "bsk pending --network regtest" }],
  run: async (_options, ports) => {
    const desk = await ports.desk();
    const entries = await pendingEntries(desk);
    const known = { height: (await desk.source.tip()).height, time: ports.clock.now() };
    const { secondsPerBlock } = desk.network.bitcoin;
    return { network: desk.network.name, entries: entries.map((each) => shownEntry(each, known, secondsPerBlock)) };
  },
  text: ({ entries }, style) => pendingCards(entries, style),
});
