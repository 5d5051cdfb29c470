/** Options of every command that answers about names: with which answers the user is content, and who may be asked. */
import { type BlockHeight, parseBlockHeight } from "../primitives/units.ts";
import { duration } from "./duration.ts";
import { flag, oneOf, option, optionOr } from "./parameter.ts";
import { pinOption } from "./pin.ts";
import type { Clock } from "./ports.ts";
import { httpUrls } from "./settings.ts";

/** `levels`: from the least, which is the default, to the most. */
export function termsOptions<const Level extends string>(levels: readonly [Level, ...Level[]]) {
  return {
    require: optionOr(levels[0], oneOf(levels), "refuse an answer that was checked less than this", {
      placeholder: "LEVEL",
    }),
    maxAge: option(duration, "refuse an answer whose last block is older than this", { placeholder: "TIME" }),
    pin: pinOption,
    offline: flag("ask nobody: answer from the log and the zone files on this machine"),
  };
}

export const atOption = option(parseBlockHeight, "the state after this block instead of the last", {
  placeholder: "HEIGHT",
});

/** `--nodes` of commands that answer about one name. */
export const nodesOption = option(httpUrls, "ask these nodes, and believe none of them, not even your own", {
  placeholder: "URL[,URL]",
});

/** As `lightnode/terms` takes them. */
export function termsOf<Level>(
  {
    require,
    maxAge,
    at,
  }: { readonly require: Level; readonly maxAge: number | undefined; readonly at?: BlockHeight | undefined },
  clock: Clock,
) {
  return { require, maxAgeMs: maxAge, at, now: clock.now() };
}
