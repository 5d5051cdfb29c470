/** What a light node has verified and keeps: opening it reads one line, and hashes nothing. */
import { join } from "node:path";
import { BskError } from "../errors.ts";
import type { Network } from "../protocol/network-definition.ts";
import type { OperationLog } from "../verify/op-log.ts";
import { type Commit, JOURNAL, lastCommit, LIGHT_FILES, sizeOf } from "./light-files.ts";
import { lightLog } from "./light-log.ts";
import { type Pin, type ShownPin, shownPin } from "./pin.ts";

export interface LightDirectory {
  readonly path: string;
  /** The verified log, complete up to the pin; null before the first sync came out at one. */
  readonly log: OperationLog | null;
  /** The pair at which the log came out. */
  readonly pin: Pin | null;
  /** How far a sync that was not finished has come: the last blocks of its spine and of its log; null: none is. */
  readonly unfinished: { readonly spine: number; readonly log: number } | null;
  /** Bytes on the disk. */
  bytes(): number;
}

/**
 * Opens it for reading, as it stands; nothing is locked. A sync that goes on meanwhile only adds to it: open it again to see.
 * @throws BskError `usage`, rule `wrong-network`; `machine`, rule `light-damaged` or `disk-failed`
 */
export function openLightDirectory(path: string, network: Pick<Network, "id" | "name" | "firstBlock">): LightDirectory {
  const commit = lastCommit(path);
  if (commit !== null) requireNetwork(path, commit, network);
  const complete = commit?.complete ?? null;
  const isFinished = commit === null || (complete !== null && commit.spine === complete.pin.height);
  return {
    path,
    log: complete === null ? null : lightLog(path, network.firstBlock, complete.pin.height, complete.extents),
    pin: complete?.pin ?? null,
    unfinished: isFinished ? null : { spine: commit.spine, log: commit.log },
    bytes: () => [JOURNAL, ...LIGHT_FILES].reduce((sum, file) => sum + (sizeOf(join(path, file)) ?? 0), 0),
  };
}

export function requireNetwork(path: string, commit: Commit, { id, name }: Pick<Network, "id" | "name">): void {
  if (commit.network === id) return;
  throw new BskError("usage", `"${path}" holds another network than "${name}"`, {
    rule: "wrong-network",
    hint: `its network id is ${commit.network}, ours is ${id}; choose with --network or --dir`,
  });
}

/** As commands show it. */
export interface ShownLight {
  readonly directory: string;
  readonly pin: ShownPin | null;
  readonly unfinished: LightDirectory["unfinished"];
  readonly bytes: number;
}

export function shownLight(light: LightDirectory): ShownLight {
  const { path, pin, unfinished } = light;
  return { directory: path, pin: pin === null ? null : shownPin(pin), unfinished, bytes: light.bytes() };
}
