/** Several sources in the order of the user's trust: the first that is neither out nor caught with a lie is used. */
import { performance } from "node:perf_hooks";
import { BskError } from "../errors.ts";
import { headerAt } from "./header-at.ts";
import type { BlockSource, Marks, ScannedBlock } from "./source.ts";

/** What happens to the sources, told as it happens. */
export interface FallbackEvents {
  /** It served what cannot be true, and is not asked again. */
  readonly refused: (source: string, error: BskError) => void;
  /** Another source than before answers. */
  readonly switched: (from: string, to: string) => void;
}

/** A source that was out is asked again after so many milliseconds, if another one answers meanwhile. */
const ASK_AGAIN_MS = 30_000;

type ScanArguments = [marks: Marks, from: number, to: number];

interface Member {
  readonly source: BlockSource;
  lie: BskError | null;
  /** When it was last out, on the clock. */
  outAt: number | null;
}

/**
 * One source made of several. `description` is that of the one in use.
 *
 * A question goes to the source in use, and where that is out to the others in turn. Before each look at the tip an earlier
 * source that is back is preferred again. Where all were caught with a lie, that is `refuted`; where any is merely out,
 * `machine`: that can be waited for.
 */
export function fallbackSource(
  sources: readonly [BlockSource, ...BlockSource[]],
  events: FallbackEvents,
  clock: () => number = () => performance.now(),
): BlockSource {
  const [first, ...others] = sources.map((source): Member => ({ source, lie: null, outAt: null })) as [
    Member,
    ...Member[],
  ];
  const members = [first, ...others];
  let current = first;

  const use = (member: Member): void => {
    if (member === current) return;
    const from = current.source.description;
    current = member;
    events.switched(from, member.source.description);
  };
  const isWorthAsking = ({ lie, outAt }: Member): boolean =>
    lie === null && (outAt === null || clock() - outAt >= ASK_AGAIN_MS);

  /** Those to ask, in turn: the one in use, then the others in their order, those that were just out last. */
  const inTurn = (preferred: Member): Member[] => {
    const honest = members.filter(({ lie }) => lie === null);
    const likely = honest.filter((member) => member !== preferred && isWorthAsking(member));
    const out = honest.filter((member) => member !== preferred && !isWorthAsking(member));
    return [...(preferred.lie === null ? [preferred] : []), ...likely, ...out];
  };

  /** Takes note of what a member failed with. @throws what is neither a lie nor an outage */
  const note = (member: Member, error: unknown): BskError => {
    if (!(error instanceof BskError) || (error.kind !== "refuted" && error.kind !== "machine")) throw error;
    if (error.kind === "machine") member.outAt = clock();
    else {
      if (member.lie === null) events.refused(member.source.description, error);
      member.lie ??= error;
    }
    return error;
  };

  /**
   * Blocks that the source in use looks through by itself. Where it fails, the blocks end early if another can go on: the
   * next look asks that one.
   */
  async function* scan(member: Member, ...range: ScanArguments): AsyncGenerator<ScannedBlock, void, undefined> {
    try {
      yield* member.source.scan?.(...range) ?? [];
    } catch (error) {
      const failure = note(member, error);
      const next = members.find(isWorthAsking);
      if (next === undefined) throw members.every(({ lie }) => lie !== null) ? allRefused(members) : failure;
      use(next);
    }
  }

  async function ask<T>(question: (source: BlockSource) => Promise<T>, preferred: Member = current): Promise<T> {
    let outage: BskError | null = null;
    for (const member of inTurn(preferred)) {
      try {
        const answer = await question(member.source);
        member.outAt = null;
        use(member);
        return answer;
      } catch (error) {
        const failure = note(member, error);
        if (failure.kind === "machine") outage ??= failure;
      }
    }
    throw outage ?? allRefused(members);
  }

  return {
    get description() {
      return current.source.description;
    },
    get spentScriptsMethod() {
      return current.source.spentScriptsMethod ?? null;
    },
    tip: () => ask((source) => source.tip(), members.find(isWorthAsking) ?? current),
    blockHashAt: (height) => ask((source) => source.blockHashAt(height)),
    headerAt: (height) => ask((source) => headerAt(source, height)),
    rawBlock: (hash) => ask((source) => source.rawBlock(hash)),
    spentScripts: (inBlock, outpoints) => ask((source) => source.spentScripts(inBlock, outpoints)),
    get scan() {
      const member = current;
      return member.source.scan === undefined ? undefined : (...range: ScanArguments) => scan(member, ...range);
    },
  };
}

function allRefused(members: readonly Member[]): BskError {
  const lies = members.flatMap(({ lie }) => (lie === null ? [] : [lie]));
  const [only] = lies;
  if (only !== undefined && lies.length === 1) return only;
  return new BskError("refuted", `all ${lies.length} block sources serve what cannot be true`, {
    rule: "all-sources-refuted",
    ...(only === undefined ? {} : { hint: lies.map(({ message }) => message).join("; "), cause: only }),
  });
}
