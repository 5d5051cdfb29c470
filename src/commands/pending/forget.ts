import { command } from "../../cli/command.ts";
import { arg, flag, text } from "../../cli/parameter.ts";
import { findEntry, forget } from "../../spending/pending.ts";

export const pendingForgetCommand = command({
  path: "pending forget",
  summary: "Give up what is under way and free its coins",
  description: [
    "Nothing more is sent for the entry, and its coins can be spent again. What was sent may still confirm: where money is paid or at stake, it says how much and does nothing, unless it is forced. The entry stays in the journal, and bsk pending resume ID takes it up again.",
  ],
  examples: [{ text: "An entry that was never sent", command: "bsk pending forget 3f2a --network regtest" }],
  options: {
    id: arg(text, "id of the entry, or the beginning of it"),
    force: flag("also where money is paid or at stake"),
  },
  run: async ({ id, force }, ports) => {
    const desk = await ports.desk();
    const { id: whole, purpose, state, because, spent } = await forget(findEntry(desk, id), desk, force);
    return { id: whole, purpose, state, because, ...spent };
  },
  text: ({ purpose, because }) => `${purpose}: ${because ?? ""}`,
});
