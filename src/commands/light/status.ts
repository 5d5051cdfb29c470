import { command } from "../../cli/command.ts";
import { ago, lightPairs } from "../../cli/light.ts";
import { card } from "../../cli/layout.ts";
import { shownLight } from "../../lightnode/light-directory.ts";

export const lightStatusCommand = command({
  path: "light status",
  summary: "Show what the light node has verified, and how old it is",
  description: [
    "Opens the verified log on this machine; nobody is asked. bsk light sync brings it to the newest pin, bsk pin from-node gives one.",
  ],
  examples: [{ text: "Is it up to date?", command: "bsk light status" }],
  run: async (_, ports) => {
    const light = await ports.light();
    const newest = (await ports.pins()).current();
    const shown = shownLight(light);
    const behind = newest === null || shown.pin === null ? null : Math.max(0, newest.height - shown.pin.height);
    return {
      ...shown,
      since: light.pin?.since ?? null,
      age: light.pin === null ? null : ago(light.pin.since, ports.clock.now()),
      newestPin: newest === null ? null : newest.height,
      blocksBehind: behind,
    };
  },
  text: ({ age, newestPin, blocksBehind, ...shown }, style) =>
    card(
      [
        ["verified", shown.pin === null ? style.warn("nothing yet: bsk light sync") : style.good("every operation")],
        ...lightPairs(shown, style),
        ["pinned", age],
        [
          "behind",
          blocksBehind === null || blocksBehind === 0
            ? null
            : style.warn(`${blocksBehind} blocks behind the pin ${newestPin}: bsk light sync`),
        ],
      ],
      style,
    ),
});
