/**
 * Heights whose consensus hashes enter the consensus hash of a height: 1, 3, 7, 15 … blocks before it, nothing below the
 * first block (spec 03 §6; prose elsewhere that says 1, 2, 4 … is wrong).
 */
export function skipListHeights(height: number, firstBlock: number): number[] {
  const heights: number[] = [];
  for (let distance = 1; height - distance >= firstBlock; distance = 2 * distance + 1) heights.push(height - distance);
  return heights;
}
