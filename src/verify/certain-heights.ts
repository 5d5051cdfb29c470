/**
 * Which steps of a walk stand at the heights that it gives them (docs/protocol/proof.md, "Heights").
 *
 * Every step that hashed up to the pin is a block of its chain; its height is what the sender says. Let true(n) be the
 * height of the block that is called n. A block commits to blocks before it only, so a step of one block goes down by at
 * least one. Two certain heights with nothing but single steps between them leave those between no other place:
 * upper = true(upper) > … > true(lower) = lower has as many numbers as there are from lower to upper.
 */

/**
 * Of the steps of a verified walk, from the pin down: those whose heights are certain. `dated`: heights of steps that hold
 * an operation that says so itself. The pin is certain, since it is a pair; so is the first block at the end of single
 * steps from a certain one, since nothing stands below it.
 */
export function certainHeights(
  steps: readonly number[],
  dated: ReadonlySet<number>,
  firstBlock: number,
): ReadonlySet<number> {
  const certain = new Set<number>();
  let above: number | null = null;
  steps.forEach((height, i) => {
    if (i > 0 && steps[i - 1] !== height + 1) above = null;
    const byItself = i === 0 || dated.has(height) || (height === firstBlock && above !== null);
    if (!byItself) return;
    for (let each = above ?? height; each >= height; each--) certain.add(each);
    above = height;
  });
  return certain;
}
