/** Light sync: what comes out at the pin is kept, whoever lies is named, and whatever happens in between ends the same. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openLightDirectory } from "../../src/lightnode/light-directory.ts";
import { type SyncOptions, type SyncReport, syncLight } from "../../src/lightnode/light-sync.ts";
import type { Pin } from "../../src/lightnode/pin.ts";
import type { TileSource } from "../../src/lightnode/tile-source.ts";
import type { OperationLog } from "../../src/verify/op-log.ts";
import { sourceOf, tileChain } from "../support/tile-chain.ts";

const chain = tileChain();
const { network, tip } = chain;

const emptyDirectory = (): string => mkdtempSync(join(tmpdir(), "bsk-light-"));

function sync(
  directory: string,
  pin: Pin,
  sources: readonly TileSource[],
  events: SyncOptions["events"] = {},
): Promise<SyncReport> {
  return syncLight({ directory, network, pin, sources, signal: new AbortController().signal, events });
}

/** Everything that the log says, beside what the chain's own log says up to a height. */
function expectAllOf(log: OperationLog | null, height: number): void {
  expect(log?.spine.height()).toBe(height);
  for (const at of [network.firstBlock, 700, height]) {
    expect(log?.spine.consensusHashAt(at)).toBe(chain.log.spine.consensusHashAt(at));
    expect(log?.spine.opsHashAt(at)).toBe(chain.log.spine.opsHashAt(at));
  }
  const owners = new Set<string>();
  const subjects = [...chain.log.subjects()].filter((subject) => chain.log.latestOn(subject, height) !== null);
  expect(subjects.length).toBeGreaterThan(10);
  expect([...log!.subjects()]).toEqual(subjects);
  for (const subject of [...subjects, "nobody.nowhere"]) {
    expect(log!.operationsOn(subject, height)).toEqual(chain.log.operationsOn(subject, height));
    for (const at of [height, height - 200, 300]) {
      expect(log!.latestOn(subject, at)).toEqual(chain.log.latestOn(subject, at));
    }
    const record = chain.log.latestOn(subject, height)?.record;
    if (record !== undefined && "name" in record) owners.add(record.address);
  }
  for (const owner of owners) {
    const known = [...chain.log.everOwnedBy(owner)];
    const upTo = known.filter((name) =>
      chain.log.operationsOn(name, height).some(({ record }) => "name" in record && record.address === owner),
    );
    expect([...log!.everOwnedBy(owner)].sort()).toEqual(upTo.sort());
  }
}

describe("one honest source", () => {
  test("everything up to the pin, and nothing above it", async () => {
    for (const height of [tip, tip - 300, 2 * 2016, network.firstBlock + 2]) {
      const directory = emptyDirectory();
      const pin = chain.pinAt(height);
      const { light, refused } = await sync(directory, pin, [sourceOf(chain, "honest")]);
      expect([light.pin, refused, light.unfinished]).toEqual([pin, [], null]);
      const again = openLightDirectory(directory, network);
      expect(again.pin).toEqual(pin);
      expect(again.log?.spine.height()).toBe(height);
      expect(() => again.log?.spine.opsHashAt(height + 1)).toThrow(RangeError);
      if (height > 3000) expectAllOf(again.log, height);
    }
  });

  test("a newer pin goes on where the older one ended, and ends as if there had been no older one", async () => {
    const directory = emptyDirectory();
    const source = sourceOf(chain, "honest", {}, 2500);
    await sync(directory, chain.pinAt(2500), [source]);
    expectAllOf(openLightDirectory(directory, network).log, 2500);
    const later = sourceOf(chain, "honest");
    await sync(directory, chain.pinAt(tip), [later]);
    expectAllOf(openLightDirectory(directory, network).log, tip);
    // The last tile was not whole then; those before it were, and are not asked for again.
    expect(later.asked.map((path) => path.split(/[/-]/u)[1])).toEqual(["2017", "4033", "2017", "4033"]);
  });

  test("an older pin of the same chain asks nobody", async () => {
    const directory = emptyDirectory();
    await sync(directory, chain.pinAt(tip), [sourceOf(chain, "honest")]);
    const source = sourceOf(chain, "honest");
    const { light } = await sync(directory, chain.pinAt(2500), [source]);
    expect([light.pin?.height, source.asked]).toEqual([tip, []]);
  });
});
