/**
 * A chain as long as mainnet's for light nodes, as texts alone: those of the chain of the benchmarks, with other names,
 * owners and hashes in each, so that they cannot be compressed better than real ones.
 */
import { fromHex, toHex } from "../../src/primitives/bytes.ts";
import { opsHashOf } from "../../src/verify/ops-hash.ts";
import { type Spine, startSpine } from "../../src/verify/spine.ts";
import { buildChain } from "./built-chain.ts";
import { SeededRandom } from "./random.ts";

const BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
/** One block of so many holds operations, as on mainnet. */
const BUSY = 3;
/** Operations of a name. */
const PER_NAME = 3;

export interface LightChain {
  readonly firstBlock: number;
  readonly spine: Spine;
  /** Texts of each block. */
  readonly blocks: readonly (readonly string[])[];
  /** Names that have operations. */
  readonly names: readonly string[];
}

/** So many blocks, with so many operations in all. */
export function lightChain(firstBlock: number, count: number, operations: number): LightChain {
  const random = new SeededRandom(20_151_006);
  const templates = templatesOf();
  const names = new Set<string>();
  const perBlock = Math.ceil(operations / Math.ceil(count / BUSY));
  const spine = startSpine(firstBlock);
  const blocks = Array.from({ length: count }, (_, i) => {
    const from = Math.floor(i / BUSY) * perBlock;
    const length = i % BUSY === 0 ? Math.max(0, Math.min(perBlock, operations - from)) : 0;
    const texts = Array.from({ length }, (_each, j) => {
      const template = templates[(from + j) % templates.length] ?? "";
      const name = `name-${random.below(Math.ceil(operations / PER_NAME))}.bench`;
      if (template.includes(".bench,")) names.add(name);
      return another(template, name, random);
    });
    spine.append(texts.length === 0 ? null : fromHex(opsHashOf(texts)));
    return texts;
  });
  return { firstBlock, spine, blocks, names: [...names] };
}

/** What was hashed of grown-up names. */
function templatesOf(): string[] {
  const { store, indexed } = buildChain({ blocks: 40, births: 8 });
  store.close();
  return indexed.slice(20).flatMap(({ accepted }) => accepted.flatMap(({ canonical }) => canonical ?? []));
}

/** Hashes, scripts and keys keep their ends, which say what they are; what a text says twice it still says alike. */
function another(template: string, name: string, random: SeededRandom): string {
  const owner = Array.from(random.bytes(33), (byte) => BASE58.charAt(byte % BASE58.length)).join("");
  const changed = new Map<string, string>();
  return template
    .replace(/[0-9]+:name-[0-9]+\.bench/gu, `${name.length}:${name}`)
    .replace(/34:[mn][1-9A-HJ-NP-Za-km-z]{33}/gu, `34:m${owner}`)
    .replace(/[0-9a-f]{32,}/gu, (hex) => {
      const middle = toHex(random.bytes(hex.length / 2 - 5));
      const other = changed.get(hex) ?? hex.slice(0, 6) + middle + hex.slice(6 + middle.length);
      changed.set(hex, other);
      return other;
    });
}
