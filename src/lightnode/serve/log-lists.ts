/** Names of a log in alphabetical order: made in slices, so that other requests are answered meanwhile. */
import { setImmediate as turn } from "node:timers/promises";
import { isNameRecord } from "../../ops/hashed-record.ts";
import { type Name, namespaceOf } from "../../primitives/name.ts";
import type { NamespaceId } from "../../primitives/name.ts";
import { isLiveAt, isNamespaceReady } from "../../protocol/lifetime.ts";
import type { Network } from "../../protocol/network-definition.ts";
import { namespaceAt } from "../../verify/name-state.ts";
import type { OperationLog } from "../../verify/op-log.ts";
import { lifeOf } from "../log-source.ts";
import type { PinnedLog } from "../pinned-log.ts";

export interface NameLists {
  /** Every name that was ever made. */
  readonly all: readonly Name[];
  /** Those that are live, revoked ones included. */
  readonly live: readonly Name[];
  /** Live ones by their namespace. */
  readonly liveIn: ReadonlyMap<string, readonly Name[]>;
  /** Namespaces that are open. */
  readonly ready: readonly NamespaceId[];
}

/** Looks at so many names at a time. */
const SLICE = 500;

export class LogLists {
  readonly #pinned: PinnedLog;
  readonly #network: Network;
  #made: NameLists | null = null;
  #making: Promise<void> | null = null;

  constructor(pinned: PinnedLog, network: Network) {
    this.#pinned = pinned;
    this.#network = network;
  }

  /** null until `make` is through. */
  get made(): NameLists | null {
    return this.#made;
  }

  make(): Promise<void> {
    const making = (this.#making ??= this.#make().then((made) => void (this.#made = made)));
    making.catch(() => (this.#making = null)); // told by what is returned; the next who asks tries again
    return making;
  }

  async #make(): Promise<NameLists> {
    const { log, pin } = this.#pinned;
    const at = pin.height;
    const all: Name[] = [];
    const live: Name[] = [];
    const ready: NamespaceId[] = [];
    const lives = livesOf(log, at);
    let seen = 0;
    for (const subject of log.subjects()) {
      if (++seen % SLICE === 0) await turn();
      if (!subject.includes(".")) {
        const life = lives(subject);
        if (life !== null && isNamespaceReady(life)) ready.push(subject as NamespaceId);
        continue;
      }
      const name = subject as Name;
      const record = log.latestOn(name, at)?.record;
      if (record === undefined || !isNameRecord(record)) continue;
      all.push(name);
      if (isLiveAt(record, lives(namespaceOf(name)), at, this.#network)) live.push(name);
    }
    const sorted = live.sort();
    return { all: all.sort(), live: sorted, liveIn: byNamespace(sorted), ready: ready.sort() };
  }
}

function byNamespace(names: readonly Name[]): ReadonlyMap<string, readonly Name[]> {
  const found = new Map<string, Name[]>();
  for (const name of names) {
    const id = namespaceOf(name);
    const known = found.get(id);
    if (known === undefined) found.set(id, [name]);
    else known.push(name);
  }
  return found;
}

/** Namespaces are few, and every name asks for one. */
function livesOf(log: OperationLog, at: number) {
  const known = new Map<string, ReturnType<typeof lifeOf> | null>();
  return (id: string) => {
    const found = known.get(id);
    if (found !== undefined) return found;
    const record = namespaceAt(log, id, at);
    const life = record === null ? null : lifeOf(record);
    known.set(id, life);
    return life;
  };
}
