import { command } from "../../cli/command.ts";
import { flag, optionalArg, text } from "../../cli/parameter.ts";
import { pendingCards, shownEntry } from "../../cli/pending.ts";
import { findEntry, pendingEntries, resumeAll } from "../../spending/pending.ts";
import { follow } from "../../spending/follow.ts";
import { isWatched } from "../../journal/entry.ts";

export const pendingResumeCommand = command({
  path: "pending resume",
  summary: "Go on with what is under way",
  description: [
    "Sends what is to be sent, raises fees as deadlines come near, and waits until all entries have ended, or the one that is named. An entry that has failed or was forgotten is looked at again when it is named.",
  ],
  examples: [{ text: "Do what can be done now", command: "bsk pending resume --no-wait --network regtest" }],
  spends: true,
  options: {
    id: optionalArg(text, "id of the entry, or the beginning of it; all if left out"),
    noWait: flag("return as soon as there is nothing to do but wait"),
  },
  run: async ({ id, noWait }, ports) => {
    const desk = await ports.desk();
    const { dryRun, following } = await ports.interaction({ wait: !noWait });
    const { height } = await desk.source.tip();
    if (!dryRun && id !== undefined) await follow(findEntry(desk, id), desk, following);
    else if (!dryRun) {
      const watched = desk.journal.entries().filter((entry) => isWatched(entry, height));
      await resumeAll(watched, desk, following);
    }
    const known = { height: (await desk.source.tip()).height, time: ports.clock.now() };
    const { secondsPerBlock } = desk.network.bitcoin;
    const entries = await pendingEntries(desk);
    return { network: desk.network.name, entries: entries.map((each) => shownEntry(each, known, secondsPerBlock)) };
  },
  text: ({ entries }, style) => pendingCards(entries, style),
});
