import { expect, test } from "vitest";
import type { Address } from "../../src/bitcoin/address.ts";
import type { Ports } from "../../src/cli/ports.ts";
import { PLAIN } from "../../src/cli/style.ts";
import { namesCommand } from "../../src/commands/names.ts";
import type { FullName } from "../../src/lightnode/answers.ts";
import { name } from "../../src/primitives/name.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import { addressAt, derivePublicKeys, NOTHING_USED, ownScripts } from "../../src/wallet/addresses.ts";
import { keyTree } from "../../src/wallet/derivation.ts";
import { parseMnemonic, seedOf } from "../../src/wallet/mnemonic.ts";
import { aName, fakeNode, INFO, REGTEST } from "../support/fake-node.ts";
import { waysOver } from "../support/ways.ts";

const used = { ...NOTHING_USED, owner: 2 };
const keys = derivePublicKeys(keyTree(seedOf(parseMnemonic(`${"abandon ".repeat(11)}about`))), used);
const owner = (index: number): Address => addressAt(keys, { purpose: "owner", index }, REGTEST.bitcoin);

/** Records by owner. The tip of the node is block 120; a day has 144 blocks. */
function portsWith(records: readonly FullName[], own = true): Ports {
  const node = fakeNode({
    own,
    namesOf: (of) => Promise.resolve(records.filter(({ address }) => address === of).map((record) => record.name)),
    record: (wanted) => Promise.resolve(records.find((record) => record.name === wanted) ?? null),
  });
  return {
    network: () => Promise.resolve(REGTEST),
    ways: () => Promise.resolve(waysOver([node])),
    clock: { now: () => INFO.tip!.time },
    wallet: () => Promise.resolve({ file: () => ({ keys, used }), scripts: () => ownScripts(keys, used) }),
  } as unknown as Ports;
}

const TERMS = { require: "claimed", maxAge: undefined, pin: undefined, offline: false } as const;

const RECORDS = [
  aName("late.test", { address: owner(1), expires: blockHeight(120 + 144 * 100) }),
  aName("soon.test", { address: owner(0), expires: blockHeight(120 + 144 * 30) }),
  aName("never.test", { address: owner(0), expires: null, renewalDeadline: null }),
  aName("gone.test", {
    address: owner(7),
    expires: blockHeight(110),
    expired: true,
    renewalDeadline: blockHeight(110),
  }),
  aName("grace.test", { address: owner(1), expires: blockHeight(115), expired: true, inGrace: true }),
  aName("revoked.test", { address: owner(1), revoked: true }),
];

test("names on every address of the wallet, also not handed out yet; soonest first, undying last", async () => {
  const { names, ...rest } = await namesCommand.run({ ...TERMS, due: undefined }, portsWith(RECORDS));
  expect(names.map(({ name: each, state }) => [each, state])).toEqual([
    ["gone.test", "expired"],
    ["grace.test", "in-grace"],
    ["soon.test", "registered"],
    ["revoked.test", "revoked"],
    ["late.test", "registered"],
    ["never.test", "registered"],
  ]);
  expect(names[2]).toEqual({
    name: name("soon.test"),
    state: "registered",
    address: owner(0),
    path: "m/888'/0'/0'",
    expires: { height: 4440, expected: "2026-02-01T03:04Z" },
    renewalDeadline: expect.objectContaining({ height: 10_000 }) as object,
    zonefileHash: null,
  });
  expect(rest).toEqual({
    network: "regtest",
    level: "indexed",
    asOf: { height: 120, time: "2026-01-02T03:04:05.000Z" },
    node: "http://127.0.0.1:16268",
  });
});

test("--due 60d: what expires by then or has expired, never what lives for ever", async () => {
  const due = namesCommand.options.due.read(["60d"]);
  const { names } = await namesCommand.run({ ...TERMS, due }, portsWith(RECORDS));
  expect(names.map((each) => each.name)).toEqual(["gone.test", "grace.test", "soon.test", "revoked.test"]);
  expect(namesCommand.options.due.read(["8w"])).toBe(56 * 86_400_000);
  for (const text of ["", "60", "0d", "-1d", "1y", "d"])
    expect(() => namesCommand.options.due.read([text])).toThrow("not a time");
});

test("a stranger's node only claims; names of others are not listed", async () => {
  const result = await namesCommand.run({ ...TERMS, due: undefined }, portsWith([aName("other.test")], false));
  expect(result).toMatchObject({ level: "claimed", names: [] });
  expect(namesCommand.text(result, PLAIN)).toBe("no names\nclaimed, as of block 120, from http://127.0.0.1:16268");
});

test("a node that has indexed nothing cannot tell", async () => {
  const ports = portsWith(RECORDS);
  const empty = fakeNode({ info: () => Promise.resolve({ ...INFO, tip: null }) });
  await expect(
    namesCommand.run({ ...TERMS, due: undefined }, { ...ports, ways: () => Promise.resolve(waysOver([empty])) }),
  ).rejects.toMatchObject({ kind: "unproven" });
});
