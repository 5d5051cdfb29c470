/** How a command that spends shows its plans, asks, and waits. */
import type { Progress } from "../cli/progress.ts";
import type { Ports } from "../cli/ports.ts";
import type { FollowOptions } from "../spending/follow.ts";
import type { Interaction } from "../spending/perform.ts";
import { planText } from "../cli/plan.ts";
import { planData } from "../wallet/plan-data.ts";

/** How far to go. */
export type HowFar = Pick<FollowOptions, "wait" | "until">;

type Parts = Pick<Ports, "network" | "coins" | "terminal" | "clock" | "dryRun" | "atEnd">;

export async function interactionOf(ports: Parts, howFar: HowFar): Promise<Interaction> {
  const { terminal, clock } = ports;
  const network = await ports.network();
  let progress: Progress | null = null;
  ports.atEnd(() => progress?.stop());
  return {
    dryRun: ports.dryRun,
    asks: terminal.interactive,
    note: (text) => terminal.note(text),
    confirm: async (plans) => {
      if (ports.dryRun) return; // Its plans are the result, on standard output.
      const dating = { height: (await (await ports.coins()).tip()).height, time: clock.now() };
      const shown = plans.map((plan) => planText(planData(plan, network, dating)));
      await terminal.confirm(plans.length === 1 ? "Send it?" : "Send them?", shown);
    },
    following: {
      ...howFar,
      waiting: (what) => {
        if (!terminal.interactive) terminal.note(`waiting for ${what}`);
        progress ??= terminal.progress("waiting");
        progress.update(`for ${what}`);
      },
      sleep: (ms) => clock.sleep(ms),
    },
  };
}
