/** What was seen of a race for a name, in words. */
import type { Races, RivalRegister } from "./races.ts";

/** One line for each place that was looked at, and one for each rival. */
export function raceLines({ registers, samePreorders, mempool, blocks }: Races): readonly string[] {
  const where = (height: number | null): string => (height === null ? "waits in the mempool" : `is in block ${height}`);
  return [
    ...registers.map((each) => `a register of the name ${where(each.height)}, ${backing(each)}: ${each.txid}`),
    ...samePreorders.map((each) => `the same preorder, sent from elsewhere, ${where(each.height)}: ${each.txid}`),
    mempool === null
      ? "mempool: cannot be seen here"
      : `mempool: ${seen(mempool)}, ${mempool.preorders} of them preorders of hidden names`,
    blocks === null
      ? "recent blocks: cannot be read here"
      : `blocks ${blocks.from} to ${blocks.to}: ${blocks.preorders} preorders of hidden names`,
  ];
}

function seen({ seen: looked, total }: NonNullable<Races["mempool"]>): string {
  return looked >= total ? `all ${total} transactions seen` : `${looked} of ${total} transactions seen`;
}

function backing({ preordered }: RivalRegister): string {
  if (preordered === null) return "whether it has a preorder cannot be seen";
  return preordered ? "with its preorder" : "without a preorder, so that the network ignores it";
}
