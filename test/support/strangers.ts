/** Nodes in memory that answer under a pin: honest ones, and ones that leave out, are behind, or follow another history. */
import { BskError } from "../../src/errors.ts";
import type { Askable } from "../../src/lightnode/node-word.ts";
import type { Caught } from "../../src/lightnode/caught.ts";
import { consensusHash } from "../../src/primitives/hash.ts";
import type { Txid } from "../../src/primitives/hash.ts";
import { type Name, namespaceOf } from "../../src/primitives/name.ts";
import { parseHashedRecord } from "../../src/ops/hashed-record.ts";
import type { NameAnswer } from "../../src/verify/answer.ts";
import type { AnsweringChain, Place } from "./answers.ts";

export interface Stranger extends Askable {
  /** What was asked, in order. */
  readonly asked: readonly string[];
}

export interface Habits {
  /** Operations that it leaves out. */
  readonly without?: (place: Place) => boolean;
  /** Its last block; default: the chain's. */
  readonly tip?: number;
  /** What it makes of its answer. */
  readonly turn?: (answer: NameAnswer) => NameAnswer;
  /** Gives no proofs of ancestry. */
  readonly silentOnAncestry?: boolean;
}

export function stranger(world: AnsweringChain, url: string, habits: Habits = {}): Stranger {
  const { tip = world.chain.tip, without, turn = (answer) => answer } = habits;
  const asked: string[] = [];
  const places = (of: Name): Place[] => [...world.on(of, tip), ...world.on(namespaceOf(of), tip)];
  const of = new Map<Txid, Place>();
  return {
    url,
    asked,
    answer: (name, pin = tip) => {
      asked.push(`${name} ${pin}`);
      for (const place of places(name)) of.set(parseHashedRecord(place.text).txid, place);
      const answer = world.answer(name, Math.min(pin, tip), without);
      const last = world.answer(name, tip, without).upTo!;
      const known = { ...answer, tip: last, later: (answer.later ?? 0) > tip ? null : answer.later };
      const nothing = { upTo: null, operation: null, namespace: null, later: null };
      return Promise.resolve(turn(pin > tip ? { ...known, ...nothing } : known));
    },
    ancestry: (later, earlier) => {
      asked.push(`${later} ${earlier}`);
      const [after, before] = [of.get(later), of.get(earlier)];
      const known = after !== undefined && before !== undefined && before.height < after.height;
      if (!known || habits.silentOnAncestry === true) return Promise.resolve(null);
      return Promise.resolve(world.ancestry(after, before));
    },
  };
}

/** Another hash for the block that is asked for. */
export const elsewhere = (answer: NameAnswer): NameAnswer =>
  answer.upTo === null
    ? answer
    : { ...answer, upTo: { ...answer.upTo, consensusHash: consensusHash("0f".repeat(16)) } };

export function failing(url: string, rule: string, message = `the node at ${url} failed`): Stranger {
  const refuse = () => Promise.reject(new BskError("machine", message, { rule }));
  return { url, asked: [], answer: refuse, ancestry: refuse };
}

/** Keeps what it is given in a list. */
export function keeper(): { readonly kept: readonly Caught[]; readonly caught: (found: Caught) => Promise<string> } {
  const kept: Caught[] = [];
  return {
    kept,
    caught: (found) => {
      kept.push(found);
      return Promise.resolve(`evidence-${kept.length}`);
    },
  };
}
