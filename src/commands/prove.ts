import { command } from "../cli/command.ts";
import { arg, flag, oneOf, option, optionOr, path } from "../cli/parameter.ts";
import { pinOption } from "../cli/pin.ts";
import type { Ports } from "../cli/ports.ts";
import { proofCard, shownProof } from "../cli/proof.ts";
import { BskError } from "../errors.ts";
import { pinOf, shownPin } from "../lightnode/pin.ts";
import { judgePin, troubleOf, witnessesOf } from "../lightnode/pin-standing.ts";
import { proveFromLog } from "../lightnode/prove-from-log.ts";
import { transactionInBlock } from "../lightnode/transaction-in-block.ts";
import { type Name, name as parseName } from "../primitives/name.ts";
import { type BlockHeight, parseBlockHeight } from "../primitives/units.ts";
import type { Network } from "../protocol/network-definition.ts";
import type { Anchor } from "../verify/anchor.ts";
import { PROOF_LEVELS, type ProofBundle, type ProofLevel, type ProvenName } from "../verify/bundle.ts";
import { writeBundle } from "../verify/bundle-file.ts";
import type { Outcome } from "../verify/outcome.ts";
import { attachedTo } from "../verify/prove-bundle.ts";
import { recordOf, verifyBundle } from "../verify/verify-bundle.ts";

export const proveCommand = command({
  path: "prove",
  summary: "Get a proof of a name as a file that anybody can check",
  description: [
    "Proves from the verified log on this machine where that is synced to the pin (bsk light sync). Else it asks the node for the last operation on the name and for the hashes from the pin down to it, checks them, and writes them to a file that bsk verify checks with no network.",
    "The proof goes from --pin, else from the pin held (bsk pin list), else from the node's last block. Whoever reads it must trust that pair of height and consensus hash from elsewhere.",
    "Levels: included (the network accepted the operation), placed (in exactly that block), complete (nothing happened to the name after it: all operations since then are listed, so that a long silence makes a large file). Only complete shows that a name was never registered, or expired.",
    "With --inclusion the file also shows the operation's transaction and its way to the Merkle root of its Bitcoin block, which is asked for at your Bitcoin node. For readers who hold headers (bsk light headers) the operation is then placed, also in a small file of --level included.",
    "With --attached the file is small and rests on what its reader synced: a spine for placed, an operation log for complete.",
  ],
  examples: [
    { text: "A proof for somebody who has the pin", command: "bsk prove alice.test -o alice.proof" },
    {
      text: "That it was still hers at a height",
      command: "bsk prove alice.test --at 812 --level complete -o alice.proof",
    },
  ],
  options: {
    name: arg(parseName, "the name, such as alice.test"),
    output: option(path, "file to write; it must not exist", { placeholder: "FILE", short: "o", completes: "file" }),
    level: optionOr("placed", oneOf(PROOF_LEVELS), "what the file shows by itself", { placeholder: "LEVEL" }),
    at: option(parseBlockHeight, "the state at this height instead of the pin's", { placeholder: "HEIGHT" }),
    pin: pinOption,
    attached: flag("a small file for readers with a spine or log of their own"),
    inclusion: flag("show that the operation's transaction is in its Bitcoin block, for readers who hold headers"),
    overwrite: flag("write over the file"),
  },
  run: async ({ name, output, level, at, pin: given, attached, inclusion, overwrite }, ports) => {
    if (attached && level === "included") {
      throw new BskError("usage", "--attached goes with --level placed or complete: inclusion rests on nothing else");
    }
    if (inclusion && (attached || level === "complete")) {
      throw new BskError("usage", "--inclusion goes with --level included or placed, and not with --attached");
    }
    const own = inclusion ? null : await ownProof({ name, level, at, pin: given, attached }, ports);
    if (own !== null) {
      if (output !== undefined) await ports.files.write(output, writeBundle(own.bundle), { overwrite });
      return { ...own.shown, file: output ?? null };
    }
    const book = await ports.pins();
    const pin = pinOf(given, book);
    const network = await ports.network();
    const node = await ports.node();
    const answer = await node.proof(name, { at, pin: pin?.height, level: attached ? "placed" : level });
    if (answer.kind === "none") {
      const trouble =
        pin === null ? null : troubleOf(pin, judgePin(pin, await witnessesOf(pin, book.list(), [node]), Infinity));
      if (trouble !== null) throw trouble;
      throw new BskError("unproven", `${node.url} gives no such proof of "${name}": ${answer.because}`, {
        rule: "no-proof",
        hint: "another --level, --at or --pin may be provable; bsk light sync gets all operations, which prove everything",
      });
    }
    const { bundle: bare } = answer;
    if (bare.name !== name) throw new BskError("refuted", `${node.url} proved another name: "${bare.name}"`);
    const trusted = pin ?? book.make(bare.pin, { kind: node.own ? "own-node" : "unattested", url: node.url });
    const proof = verifyBundle(bare, trusted, network);
    const { bundle, outcome } = inclusion
      ? await withInclusion(bare, proof, { trusted, network }, ports)
      : { bundle: bare, outcome: proof };
    const shown = shownProof(bundle, outcome, shownPin(trusted));
    const kept = attached && level !== "included" ? attachedTo(level, at ?? bundle.pin.height, bundle) : bundle;
    if (output !== undefined) await ports.files.write(output, writeBundle(kept), { overwrite });
    return { ...shown, file: output ?? null };
  },
  text: ({ file, ...shown }, style) =>
    file === null ? proofCard(shown, style) : `${proofCard(shown, style)}\nfile       ${file}`,
});

interface Wanted {
  readonly name: Name;
  readonly level: ProofLevel;
  readonly at: BlockHeight | undefined;
  readonly pin: Anchor | undefined;
  readonly attached: boolean;
}

/** Out of the log on this machine; null where there is none that is synced to the pin. @throws BskError `unproven` */
async function ownProof({ name, level, at, pin: given, attached }: Wanted, ports: Ports) {
  const ways = await ports.ways({ offline: true, pin: given });
  const found = await ways.log();
  if (found === null || found.pin.height !== (ways.pin ?? found.pin).height) return null;
  const { log, pin } = found;
  const network = await ports.network();
  const upTo = at === undefined || at > pin.height ? pin.height : at;
  if (upTo < network.firstBlock) return null;
  const made = proveFromLog(log, network.id, { name, pin, at: upTo, level, attached }, await ways.zonefiles());
  if (made.kind === "impossible") {
    throw new BskError("unproven", `there is no such proof of "${name}": ${made.because}`, {
      rule: "no-proof",
      hint: "another --level or --at may be provable; --attached rests on the log of whoever reads it",
    });
  }
  const { bundle } = made;
  const held = attached ? { spine: log.spine, log } : {};
  return { bundle, shown: shownProof(bundle, verifyBundle(bundle, pin, network, held), shownPin(pin)) };
}

/** The same, with the operation's transaction in its block, where it holds without. */
async function withInclusion(
  bundle: ProofBundle,
  outcome: Outcome<ProvenName>,
  { trusted, network }: { readonly trusted: Anchor; readonly network: Network },
  ports: Ports,
): Promise<{ readonly bundle: ProofBundle; readonly outcome: Outcome<ProvenName> }> {
  const record = outcome.kind === "proven" ? recordOf(outcome.value) : null;
  if (record === null || bundle.operation === null) return { bundle, outcome };
  const { height } = bundle.operation;
  const { inclusion, blockHash } = await transactionInBlock(record, height, await ports.checkedBlocks());
  const more = { ...bundle, inclusion };
  const blockHashAt = (at: number) => (at === height ? blockHash : null);
  return { bundle: more, outcome: verifyBundle(more, trusted, network, { blockHashAt }) };
}
