import { beforeAll, describe, expect, test } from "vitest";
import { readReplayFile } from "../../src/chain/replay-file.ts";
import { name as parseName } from "../../src/primitives/name.ts";
import { blockHeight } from "../../src/primitives/units.ts";
import type { Network } from "../../src/protocol/network-definition.ts";
import { PROOF_LEVELS, type ProofBundle, WIDEST_RUN } from "../../src/verify/bundle.ts";
import { nameStateAt } from "../../src/verify/name-state.ts";
import { inOneOrder, planRun } from "../../src/verify/bundle-walk.ts";
import { type OperationLog, startLog } from "../../src/verify/op-log.ts";
import { type BundleRequest, proveBundle } from "../../src/verify/prove-bundle.ts";
import { startSpine } from "../../src/verify/spine.ts";
import { recordOf, verifyBundle } from "../../src/verify/verify-bundle.ts";
import { type HashedChain, replayedChain, toyHashes } from "../support/hashed-chain.ts";
import { provableChain, type TestChain } from "../support/provable-chain.ts";
import { replayVectors } from "../support/vectors.ts";

const made = (request: BundleRequest, chain: TestChain): ProofBundle => {
  const result = proveBundle(request, chain);
  if (result.kind !== "made") throw new Error(result.because);
  return result.bundle;
};

const logOf = (chain: HashedChain): OperationLog => {
  const log = startLog(chain.firstBlock);
  for (let height = chain.firstBlock as number; height <= chain.tip; height++) log.append(chain.operationsAt(height));
  return log;
};

/** Every third: each has some forty names, and each name is proven at many heights. */
const some = replayVectors("scenarios", "fuzz").filter((_, i) => i % 3 === 0);

describe.each(some)("$group/$vector", ({ path }) => {
  let hashed: HashedChain;
  let chain: TestChain;
  let network: Network;
  let log: OperationLog;

  beforeAll(async () => {
    ({ network } = await readReplayFile(path));
    hashed = replayedChain(path);
    chain = provableChain(hashed, network.id);
    log = logOf(hashed);
  });

  test("placed: every name at every tenth height, by what the proof carries alone, in its own block", () => {
    for (const name of chain.names) {
      for (let at = hashed.tip as number; at >= hashed.firstBlock; at -= 10) {
        const found = log.latestOn(name, at);
        if (found === null) continue;
        const request = chain.request(name, { at: blockHeight(at) });
        expect(verifyBundle(made(request, chain), request.pin, network)).toMatchObject({
          kind: "proven",
          value: { level: "placed", height: found.height, record: found.record },
        });
      }
    }
  });

  test("complete: the state that the whole log gives, absence included", () => {
    for (const name of [...chain.names, parseName("nobody.nowhere")]) {
      for (const back of [0, 7, 40]) {
        const at = Math.max(hashed.tip - back, hashed.firstBlock);
        const request = chain.request(name, { at: blockHeight(at), level: "complete" });
        const outcome = verifyBundle(made(request, chain), request.pin, network);
        const state = nameStateAt(log, name, at, network);
        expect(outcome).toMatchObject({ kind: "proven", value: { level: "complete", at, state } });
      }
    }
  });

  test("attached: placed by a spine, complete by a log, and nothing without", () => {
    for (const name of chain.names) {
      for (const level of ["placed", "complete"] as const) {
        const request = chain.request(name, { attached: true, level });
        const bundle = made(request, chain);
        const { spine } = log;
        expect(verifyBundle(bundle, request.pin, network).kind).toBe("unproven");
        expect(verifyBundle(bundle, request.pin, network, { spine })).toMatchObject({
          kind: "proven",
          value: { level: "placed" },
        });
        expect(verifyBundle(bundle, request.pin, network, { spine, log })).toMatchObject({
          kind: "proven",
          value: { level },
        });
      }
    }
  });
});

describe("one chain", () => {
  const { path } = replayVectors("fuzz")[0]!;
  const hashed = replayedChain(path);
  const pin = hashed.anchorAt(hashed.tip);
  let network: Network;
  let chain: TestChain;
  let log: OperationLog;
  beforeAll(async () => {
    ({ network } = await readReplayFile(path));
    chain = provableChain(hashed, network.id);
    log = logOf(hashed);
  });

  test("a later operation that the maker hides is found out at complete, and at an attached one by the log", () => {
    let hidden = 0;
    for (const name of chain.names) {
      const last = log.latestOn(name, hashed.tip)!;
      const hiding = {
        ...chain,
        latestOn: (subject: string, upTo: number) =>
          chain.latestOn(subject, subject === name ? Math.min(upTo, last.height - 1) : upTo),
      };
      const before = log.latestOn(name, last.height - 1);
      if (before === null) continue;
      hidden++;
      // It lists what was hashed: the later operation is in it, or the hashes do not come out.
      const complete = verifyBundle(made(chain.request(name, { level: "complete" }), hiding), pin, network);
      expect(complete).toMatchObject({ kind: "proven", value: { state: { since: last.height } } });
      const attached = made(chain.request(name, { level: "complete", attached: true }), hiding);
      expect(verifyBundle(attached, pin, network, { spine: log.spine, log }).kind).toBe("refuted");
      // Below complete nothing is said of later ones, and the older record is true.
      const placed = verifyBundle(made(chain.request(name), hiding), pin, network);
      expect(placed).toMatchObject({ kind: "proven", value: { level: "placed", height: before.height } });
    }
    expect(hidden).toBeGreaterThan(3);
  });

  test("a name that is hidden altogether is not absent", () => {
    const [name] = chain.names as [(typeof chain.names)[number]];
    const hiding = { ...chain, latestOn: () => null };
    const complete = verifyBundle(made(chain.request(name, { level: "complete" }), hiding), pin, network);
    expect(complete).toMatchObject({ kind: "proven", value: { state: nameStateAt(log, name, hashed.tip, network) } });
    const attached = made(chain.request(name, { level: "complete", attached: true }), hiding);
    expect(verifyBundle(attached, pin, network, { spine: log.spine, log }).kind).toBe("refuted");
    expect(verifyBundle(attached, pin, network, { spine: log.spine }).kind).toBe("unproven");
    expect(proveBundle(chain.request(name), hiding)).toMatchObject({ kind: "impossible" });
  });

  test("a list that does not go back to an operation on the name, or to one that dates it, proves nothing", () => {
    const [name] = chain.names as [(typeof chain.names)[number]];
    const bundle = made(chain.request(name, { level: "complete" }), chain);
    const { upper } = bundle.walk!;
    const last = log.latestOn(name, hashed.tip)!;
    const others = bundle.namespace === null ? [] : [bundle.namespace.height];
    for (let lower = last.height + 1; lower <= upper; lower++) {
      const plan = planRun(pin.height, { upper, lower }, others, hashed.firstBlock);
      const walk = {
        upper,
        lower: blockHeight(lower),
        opsHashes: plan.steps
          .filter((height) => height < lower || height > upper)
          .map((height) => hashed.opsHashAt(height)),
        consensusHashes: inOneOrder(
          plan,
          hashed.firstBlock,
          plan.leaves.map((height) => hashed.consensusHashAt(height)),
        ),
      };
      const log = bundle.log!.filter(({ height }) => height >= lower);
      expect(verifyBundle({ ...bundle, walk, log }, pin, network)).toMatchObject({ kind: "unproven" });
    }
  });

  test("a list is as long as it may be", () => {
    const request = { level: "complete", mostListed: { blocks: 1_000_000, characters: 100 } } as const;
    expect(proveBundle(chain.request(chain.names[0]!, request), chain)).toMatchObject({
      kind: "impossible",
      because: expect.stringContaining("too large"),
    });
    const few = { level: "complete", mostListed: { blocks: 1, characters: 1_000_000 } } as const;
    expect(proveBundle(chain.request(parseName("nobody.nowhere"), few), chain)).toMatchObject({
      kind: "impossible",
      because: expect.stringContaining("too many blocks"),
    });
  });

  test("under another pin it is refuted at its height, and unproven at any other without a spine that covers both", () => {
    const bundle = made(chain.request(chain.names[0]!, { pin: hashed.anchorAt(hashed.tip - 3) }), chain);
    const own = bundle.pin;
    expect(verifyBundle(bundle, own, network).kind).toBe("proven");
    const wrong = { ...own, consensusHash: pin.consensusHash };
    expect(verifyBundle(bundle, wrong, network).kind).toBe("refuted");
    expect(verifyBundle(bundle, pin, network)).toMatchObject({ kind: "unproven" });
    const { spine } = log;
    expect(verifyBundle(bundle, pin, network, { spine }).kind).toBe("proven");
    const elsewhere = { ...pin, consensusHash: own.consensusHash };
    expect(verifyBundle(bundle, elsewhere, network, { spine }).kind).toBe("unproven");
    const short = startSpine(hashed.firstBlock);
    expect(verifyBundle(bundle, pin, network, { spine: short }).kind).toBe("unproven");
    expect(verifyBundle({ ...bundle, pin }, own, network).kind).toBe("unproven");
    expect(verifyBundle(bundle, own, { ...network, id: "00".repeat(32) as typeof network.id }).kind).toBe("refuted");
  });

  test("what is not asked for is not taken: parts that the level does not have", () => {
    const [name] = chain.names as [(typeof chain.names)[number]];
    const of = Object.fromEntries(
      PROOF_LEVELS.map((level) => [level, made(chain.request(name, { level }), chain)]),
    ) as Record<(typeof PROOF_LEVELS)[number], ProofBundle>;
    const refused = (changed: ProofBundle) => {
      expect(verifyBundle(changed, pin, network).kind).not.toBe("proven");
    };
    refused({ ...of.included, namespace: of.placed.namespace });
    refused({ ...of.included, log: of.complete.log });
    refused({ ...of.included, walk: of.placed.walk, level: "placed" });
    refused({ ...of.placed, namespace: null });
    refused({ ...of.placed, operation: null });
    refused({ ...of.placed, log: of.complete.log });
    refused({ ...of.placed, level: "complete" });
    refused({ ...of.placed, level: "included" });
    refused({ ...of.placed, walk: null });
    refused({ ...of.placed, walk: { ...of.placed.walk!, upper: pin.height, lower: hashed.firstBlock } });
    refused({ ...of.complete, operation: of.placed.operation });
    refused({ ...of.complete, log: null });
    refused({ ...of.complete, log: [] });
    refused({ ...of.complete, level: "placed" });
    refused({ ...of.complete, at: blockHeight(hashed.firstBlock - 1) });
    refused({ ...of.complete, at: null });
    refused({ ...of.placed, at: pin.height });
    refused({ ...of.complete, walk: null });
    expect(WIDEST_RUN).toBeLessThan(3000);
  });
});

describe("an old record that is moved to a later block by other labels (spec 04 §7.1)", () => {
  const toy = toyHashes("epoch3-snv-chain.json");
  const labels = new Map([
    [139, 133],
    [133, 139],
    [138, 132],
    [136, 130],
    [132, 126],
    [124, 118],
    [108, 102],
  ]);
  let network: Network;
  let honest: TestChain;
  beforeAll(async () => {
    ({ network } = await readReplayFile(replayVectors("fuzz")[0]!.path));
    network = { ...network, firstBlock: toy.firstBlock };
    honest = provableChain(toy, network.id);
  });
  const pin = toy.anchorAt(140);

  test("is proven honestly at its own block, though no operation there says its height", () => {
    const [name] = honest.names.filter((each) => honest.latestOn(each, 133)?.height === 133);
    const outcome = verifyBundle(made(honest.request(name!, { pin, at: blockHeight(133) }), honest), pin, network);
    expect(outcome).toMatchObject({ kind: "proven", value: { level: "placed", height: 133 } });
  });

  test("is placed nowhere else, whatever the maker says, and no height is claimed at included", () => {
    const name = honest.names.find((each) => honest.latestOn(each, 133)?.height === 133)!;
    const behind = (height: number) => labels.get(height) ?? height;
    const lying: TestChain = {
      ...honest,
      opsHashAt: (height) => (height === 140 ? toy.opsHashAt(140) : toy.opsHashAt(behind(height))),
      consensusHashAt: (height) => toy.consensusHashAt(behind(height)),
      operationsAt: (height) => toy.operationsAt(behind(height)),
      latestOn: (subject, upTo) =>
        subject === name
          ? { ...honest.latestOn(name, 133)!, height: blockHeight(139) }
          : honest.latestOn(subject, upTo),
    };
    const included = verifyBundle(made(honest.request(name, { pin, level: "included" }), lying), pin, network);
    expect(included).toMatchObject({ kind: "proven", value: { level: "included" } });
    expect(Object.keys((included as { value: object }).value).sort()).toEqual(["level", "record", "zonefile"]);
    for (const level of ["placed", "complete"] as const) {
      const moved = proveBundle(honest.request(name, { pin, level }), lying);
      if (moved.kind === "made") expect(verifyBundle(moved.bundle, pin, network).kind).not.toBe("proven");
      const attached = proveBundle(honest.request(name, { pin, level, attached: true }), lying);
      if (attached.kind !== "made") continue;
      const log = logOf(toy);
      expect(verifyBundle(attached.bundle, pin, network, { spine: log.spine, log }).kind).toBe("refuted");
    }
    expect(recordOf((included as { value: Parameters<typeof recordOf>[0] }).value)).toMatchObject({ name });
  });
});
