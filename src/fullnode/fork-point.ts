/** Where two chains part, found with a number of questions that grows as the logarithm of the depth. */

/**
 * Two chains are known to differ at height `top`, and once they differ they differ for good. Yields heights; takes true
 * where the chains agree there. Returns the last height at which they agree, `first - 1` if they share no block.
 *
 * Asks at top-1, top-2, top-4, … until one agrees, then bisects: at most 2 · log2(depth) + 2 questions.
 */
export function* lastAgreement(top: number, first: number): Generator<number, number, boolean> {
  let differs = top;
  let agrees = first - 1;
  for (let distance = 1; top - distance >= first; distance *= 2) {
    if (yield top - distance) {
      agrees = top - distance;
      break;
    }
    differs = top - distance;
  }
  while (differs - agrees > 1) {
    const middle = Math.floor((differs + agrees) / 2);
    if (yield middle) agrees = middle;
    else differs = middle;
  }
  return agrees;
}

/** Runs a search whose questions are answered by asking somebody. @throws what `agreeAt` throws */
export async function answered(
  search: Generator<number, number, boolean>,
  agreeAt: (height: number) => Promise<boolean>,
): Promise<number> {
  let step = search.next();
  while (step.done !== true) step = search.next(await agreeAt(step.value));
  return step.value;
}
