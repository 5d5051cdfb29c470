/** What no bundle says whose maker kept to the format: looked at before anything is hashed. */
import { type BundleWalk, type ProofBundle, WIDEST_RUN } from "./bundle.ts";
import { isInRun } from "./bundle-walk.ts";

/** Why the parts of a bundle do not go together; null where they do. */
export function misshapen(bundle: ProofBundle, firstBlock: number): string | null {
  const { pin, at, level, operation, namespace, dates, walk, log, inclusion } = bundle;
  const held = [operation, namespace, ...dates].flatMap((each) => (each === null ? [] : [each.height]));
  const heights = [...held, ...(at === null ? [] : [at]), ...(walk === null ? [] : [walk.upper, walk.lower])];
  const outside = heights.find((height) => height < firstBlock || height > pin.height);
  if (outside !== undefined) return `no block ${outside} stands between ${firstBlock} and the pin`;
  if ((at !== null) !== (level === "complete")) return "a state is shown by all operations since the last one only";
  if (at !== null && held.some((height) => height > at)) return `an operation is said to stand above block ${at}`;
  if (operation === null && level !== "complete") return "no operation is shown";
  if (operation !== null && (namespace === null) !== (level === "included")) {
    return namespace === null ? "no operation on the namespace is shown" : "an operation is shown that is not needed";
  }
  if (walk !== null) return log === null ? misshapenWalk(bundle, walk) : misshapenLog(bundle, walk);
  if (level === "included" || log !== null || dates.length > 0 || inclusion !== null) {
    return "it shows more than one that rests on a spine";
  }
  return null;
}

function misshapenWalk({ level, operation, dates }: ProofBundle, walk: BundleWalk): string | null {
  if (level === "complete") return "the operations that it needs are not listed";
  if (operation === null || !isInRun(walk, operation.height)) return "the walk does not pass the operation";
  if (level === "included") {
    const more = dates.length > 0 || walk.upper !== walk.lower;
    return more ? "it shows more than its level needs" : null;
  }
  if (walk.upper - walk.lower > WIDEST_RUN) return `the walk goes through ${walk.upper - walk.lower} blocks one by one`;
  const ends = dates.map(({ height }) => height);
  const inOrder = ends.every(
    (height, i) => (height === walk.upper || height === walk.lower) && height < (ends[i - 1] ?? Infinity),
  );
  return inOrder ? null : "what dates the walk does not stand at its ends";
}

function misshapenLog({ at, level, operation, dates, inclusion }: ProofBundle, walk: BundleWalk): string | null {
  if (at === null || level !== "complete") return "operations are listed that its level does not need";
  if (operation !== null || dates.length > 0 || inclusion !== null) return "it shows what is in the list once more";
  return isInRun(walk, at) ? null : `the operations that it lists do not reach block ${at}`;
}
