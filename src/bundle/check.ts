/**
 * Is a bundle what it says? Every transaction is read as the network would read it, every signature verified, and every
 * pair of a preorder and a register compared: a bundle that passes can do nothing but register this name for this owner.
 */
import type { ScriptHex } from "../bitcoin/address.ts";
import { BskError } from "../errors.ts";
import type { PreorderOp, RegisterOp } from "../ops/operation.ts";
import { preorderHashOf } from "../ops/preorder-hash.ts";
import type { Network } from "../protocol/network-definition.ts";
import type { Bundle } from "./bundle.ts";
import { type Read, readVariant, type Variant, wrong } from "./read.ts";
import type { SpentOutput } from "./signatures.ts";

export interface CheckedBundle extends Omit<Bundle, "split" | "preorder" | "register"> {
  readonly split: Variant | null;
  readonly preorder: Omit<Bundle["preorder"], "variants"> & { readonly variants: readonly Variant[] };
  readonly register:
    | (Omit<NonNullable<Bundle["register"]>, "variants" | "spares"> & {
        readonly variants: readonly Variant[];
        readonly spares: readonly Variant[];
      })
    | null;
}

/** @throws BskError `usage` for another network, `refuted` where it is not what it says. */
export function checkBundle(bundle: Bundle, network: Network): CheckedBundle {
  if (bundle.network !== network.id) {
    throw new BskError("usage", `the bundle is for another network than "${network.name}"`, {
      rule: "wrong-network",
      hint: `its network id is ${bundle.network}, ours is ${network.id}`,
    });
  }
  const spendable = new Map<string, SpentOutput>();
  for (const { txid: of, index, value, script } of bundle.coins) {
    spendable.set(`${of}:${index}`, { value: BigInt(value), script: script as ScriptHex });
  }
  if (spendable.size !== bundle.coins.length) throw wrong("a coin is listed twice");
  const used = new Set<string>();
  const read = (raw: string, what: string): Read => {
    const found = readVariant(raw, what, { spendable, network, height: bundle.deathHeight });
    for (const input of found.inputs) used.add(input);
    return found;
  };

  const split = bundle.split === null ? null : read(bundle.split, "the split");
  if (split !== null) {
    if (split.op !== null) throw wrong("its split is an operation");
    split.outputs.forEach((output, index) => spendable.set(`${split.txid}:${index}`, output));
  }
  const preorders = bundle.preorder.variants.map((raw) => read(raw, "a preorder"));
  checkPreorders(bundle, preorders);
  const registers = bundle.register?.variants.map((raw) => read(raw, "a register")) ?? [];
  const spares = bundle.register?.spares.map((raw) => read(raw, "a spare")) ?? [];
  if (bundle.register !== null) {
    checkLadder(registers, "the registers");
    checkLadder(spares, "the spares");
    for (const preorder of preorders) {
      for (const register of [...registers, ...spares]) checkPair(preorder, register, bundle.register);
    }
    if (registers.some(({ inputs }) => inputs.some((input) => spares[0]?.inputs.includes(input)))) {
      throw wrong("its spare spends a coin of its register");
    }
  }
  const unused = bundle.coins.find(({ txid: of, index }) => !used.has(`${of}:${index}`));
  if (unused !== undefined) throw wrong("it lists a coin that nothing spends");
  return {
    ...bundle,
    split,
    preorder: { ...bundle.preorder, variants: preorders },
    register: bundle.register === null ? null : { ...bundle.register, variants: registers, spares },
  };
}

function checkPreorders({ preorder }: Bundle, preorders: readonly Read[]): void {
  checkLadder(preorders, "the preorders");
  for (const { op } of preorders) {
    if (op?.kind !== "NAME_PREORDER") throw wrong("a preorder is another operation");
    const says: Record<keyof PreorderOp & keyof typeof expected, unknown> = op;
    const expected = {
      preorderHash: preorder.preorderHash,
      consensusHash: preorder.consensusHash,
      burnAddress: preorder.burnAddress,
      opFee: preorder.burned,
    };
    for (const [field, value] of Object.entries(expected)) {
      if (says[field as keyof typeof expected] !== value) throw wrong(`a preorder has another ${field}`);
    }
  }
}

/** Only one of a ladder can confirm; each pays more than the one before, and to nobody else. */
function checkLadder(variants: readonly Read[], what: string): void {
  const [first] = variants;
  const paid = ({ outputs, op }: Read): string => {
    // Change is output 1 of a preorder, output 2 of a register: what differs between the variants.
    const change = op?.kind === "NAME_PREORDER" ? 1 : 2;
    return JSON.stringify(outputs.map(({ value, script }, i) => [i === change ? "" : value.toString(), script]));
  };
  for (const [i, variant] of variants.entries()) {
    if (first === undefined || variant.inputs[0] !== first.inputs[0]) throw wrong(`${what} do not exclude each other`);
    if (paid(variant) !== paid(first)) throw wrong(`${what} do not pay the same`);
    if (i > 0 && variant.fee <= (variants[i - 1]?.fee ?? 0n)) throw wrong(`${what} are not in the order of their fees`);
  }
}

/** Whatever preorder confirms, whatever register follows it: they are one registration, of this name for this owner. */
function checkPair(preorder: Read, register: Read, says: NonNullable<Bundle["register"]>): void {
  const { op } = register;
  if (op?.kind !== "NAME_REGISTRATION") throw wrong("a register is another operation");
  const expected: Pick<RegisterOp, "name" | "zonefileHash"> & { readonly recipientAddress: string } = {
    name: says.name,
    recipientAddress: says.owner,
    zonefileHash: says.zonefileHash,
  };
  for (const [field, value] of Object.entries(expected)) {
    if (op[field as keyof typeof expected] !== value) throw wrong(`a register has another ${field}`);
  }
  if (register.payer !== preorder.payer) throw wrong("a register is not paid from the script of its preorder");
  const { preorderHash } = preorder.op as PreorderOp;
  if (preorderHashOf(op.name, op.sender, op.recipientAddress) !== preorderHash) {
    throw wrong("a register is not what its preorder was for");
  }
  if (register.inputs.some((input) => preorder.inputs.includes(input) || input.startsWith(preorder.txid))) {
    throw wrong("a register depends on one of the preorders");
  }
}
