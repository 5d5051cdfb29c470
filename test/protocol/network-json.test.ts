import { expect, test } from "vitest";
import { ParseError } from "../../src/errors.ts";
import { BUILT_IN, networkOf, newNetworkDefinition } from "../../src/protocol/network-definition.ts";
import { formatNetworkDefinition, parseNetworkDefinition } from "../../src/protocol/network-json.ts";

const sample = newNetworkDefinition("acme", "signet", 250_000, "ac");
const definitions = [...BUILT_IN, sample, newNetworkDefinition("own", "bitcoin", 900_000, "ow")];

test.each(definitions)("$name: what is written is read again, with the same id", (definition) => {
  const read = parseNetworkDefinition(formatNetworkDefinition(definition));
  expect(read).toEqual(definition);
  expect(networkOf(read).id).toBe(networkOf(definition).id);
});

test("ids differ in every part of the definition", () => {
  const changes = [{ magic: "ad" }, { firstBlock: 250_001 }, { confirmations: 7 }, { name: "acmf" }, { apiPort: 6271 }];
  const ids = [sample, ...changes.map((change) => ({ ...sample, ...change }))].map((each) => networkOf(each).id);
  expect(new Set(ids).size).toBe(ids.length);
});

test("what is known of a chain is no part of its id", () => {
  const [mainnet] = BUILT_IN;
  expect(mainnet?.checkpoints?.length).toBeGreaterThan(3);
  const { checkpoints: _, ...without } = mainnet!;
  expect(networkOf(without).id).toBe(networkOf(mainnet!).id);
});

const [epoch] = sample.epochs;

test.each([
  ["an unknown key", { ...sample, more: 1 }, /more/u],
  ["a missing key", { ...sample, magic: undefined }, /magic/u],
  ["a magic of three characters", { ...sample, magic: "abc" }, /magic/u],
  ["a magic that is not printable", { ...sample, magic: "a\n" }, /magic/u],
  ["an unknown chain", { ...sample, chain: "litecoin" }, /chain/u],
  ["a height below zero", { ...sample, firstBlock: -1 }, /firstBlock/u],
  ["a height that is no integer", { ...sample, firstBlock: 1.5 }, /firstBlock/u],
  ["a height as text", { ...sample, firstBlock: "1" }, /firstBlock/u],
  ["no epochs", { ...sample, epochs: [] }, /epochs/u],
  ["an unknown feature", { ...sample, epochs: [{ ...epoch, features: ["X"] }] }, /features/u],
  ["a last epoch that ends", { ...sample, epochs: [{ ...epoch, endBlock: 5 }] }, /epochs/u],
  ["an epoch without end before another", { ...sample, epochs: [epoch, epoch] }, /epochs/u],
  [
    "epochs out of order",
    { ...sample, epochs: [{ ...epoch, endBlock: 9 }, { ...epoch, endBlock: 9 }, epoch] }, // prettier-ignore
    /epochs/u,
  ],
  ["too few namespace prices", { ...sample, epochs: [{ ...epoch, namespacePrices: [1] }] }, /namespacePrices/u],
  ["a burn address of another chain", { ...sample, burnAddress: "1111111111111111111114oLvT2" }, /address of signet/u],
  ["a burn address with a typo", { ...sample, burnAddress: `${sample.burnAddress.slice(0, -1)}9` }, /./u],
  ["an extension that this version does not know", { ...sample, extensions: ["state-root"] }, /state-root/u],
  ["a checkpoint that says nothing", { ...sample, checkpoints: [{ height: 5, certain: true }] }, /checkpoints/u],
  ["a file that is a path", { ...sample, allocation: "../x" }, /allocation/u],
  ["a genesis hash in capitals", { ...sample, genesisConsensusHash: "A".repeat(32) }, /genesisConsensusHash/u],
  ["a name that is a path", { ...sample, name: "../x" }, /name/u],
])("%s is refused", (_what, definition, message) => {
  const parse = () => parseNetworkDefinition(JSON.stringify(definition));
  expect(parse).toThrow(ParseError);
  expect(parse).toThrow(message);
});

test.each(["", "{", "null", "[]", "1"])("%j is not a definition", (text) => {
  expect(() => parseNetworkDefinition(text)).toThrow(ParseError);
});
