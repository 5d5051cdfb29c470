/** A full node's way to the tip, on a terminal. */
import type { Progress } from "../fullnode/follow.ts";
import type { Terminal } from "./terminal.ts";

export interface NodeProgress {
  readonly headers: (files: number, of: number) => void;
  /** The spine was read from tiles up to a height. */
  readonly spine: (height: number, pinned: number) => void;
  /** Blocks were taken from tiles; the target is the pin. */
  readonly tiles: (at: Progress) => void;
  readonly show: (at: Progress) => void;
  readonly stop: () => void;
}

/** Shows the way to the tip as a spinner with an estimate, then the last block. */
export function nodeProgress(terminal: Terminal): NodeProgress {
  const spinner = terminal.progress("node");
  let from: number | null = null;
  let fromTile: number | null = null;
  return {
    headers: (files, of) => {
      spinner.update(`headers of ${of} block files`, files, of);
    },
    spine: (height, pinned) => {
      spinner.update(`ops hashes of ${height} of ${pinned} blocks`);
    },
    tiles: ({ height, target, blocksPerSecond }) => {
      fromTile ??= height;
      const speed = `${Math.round(blocksPerSecond)} blocks/s`;
      spinner.update(`block ${height} of ${target} from tiles, ${speed}`, height - fromTile, target - fromTile);
    },
    show: ({ height, target, blocksPerSecond }) => {
      from ??= height;
      if (height >= target) spinner.update(`block ${height}, waiting for the next`);
      else
        spinner.update(
          `block ${height} of ${target}, ${Math.round(blocksPerSecond)} blocks/s`,
          height - from,
          target - from,
        );
    },
    stop: () => {
      spinner.stop();
    },
  };
}
