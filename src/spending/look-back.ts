/**
 * Compares what ended a few blocks ago with the chain again: a reorganisation may have taken its block away, and the next
 * one may hold a register before its preorder, which the rules refuse.
 */
import { BskError } from "../errors.ts";
import { isLive, isWatched } from "../journal/entry.ts";
import type { Desk } from "./desk.ts";
import { follow, type FollowOptions } from "./follow.ts";

/** Brings such entries back to life, sends what has to be sent again until it ends again, and tells of them. */
export async function lookBack(desk: Desk, following: FollowOptions, note: (text: string) => void): Promise<void> {
  // Those that it brought back already live, and keep the height at which they ended.
  const ended = desk.journal.entries().filter(({ endedAt }) => endedAt !== null);
  if (ended.length === 0) return;
  const { height } = await desk.source.tip();
  for (const entry of ended.filter((each) => isWatched(each, height))) {
    try {
      const now = await follow(entry, desk, { ...following, wait: false });
      if (isLive(now))
        note(`a reorganisation took it back: ${now.purpose}; go on with it: bsk pending resume ${now.id}`);
    } catch (error) {
      // It has failed before and still has, or cannot be looked at now: the wish at hand does not depend on it.
      if (!(error instanceof BskError) || !["rejected", "machine"].includes(error.kind)) throw error;
    }
  }
}
