import { command } from "../cli/command.ts";
import { arg, flag, oneOf, option, optionOr, path } from "../cli/parameter.ts";
import { pinOption } from "../cli/pin.ts";
import { proofCard, shownProof } from "../cli/proof.ts";
import { BskError } from "../errors.ts";
import { pinOf, shownPin } from "../lightnode/pin.ts";
import { name as parseName } from "../primitives/name.ts";
import { parseBlockHeight } from "../primitives/units.ts";
import { PROOF_LEVELS } from "../verify/bundle.ts";
import { writeBundle } from "../verify/bundle-file.ts";
import { attachedTo } from "../verify/prove-bundle.ts";
import { verifyBundle } from "../verify/verify-bundle.ts";

export const proveCommand = command({
  path: "prove",
  summary: "Get a proof of a name as a file that anybody can check",
  description: [
    "Asks the node for the last operation on the name and for the hashes from the pin down to it, checks them, and writes them to a file that bsk verify checks with no network.",
    "The proof goes from --pin, else from the pin held (bsk pin list), else from the node's last block. Whoever reads it must trust that pair of height and consensus hash from elsewhere.",
    "Levels: included (the network accepted the operation), placed (in exactly that block), complete (nothing happened to the name after it: all operations since then are listed, so that a long silence makes a large file). Only complete shows that a name was never registered, or expired.",
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
    overwrite: flag("write over the file"),
  },
  run: async ({ name, output, level, at, pin: given, attached, overwrite }, ports) => {
    if (attached && level === "included") {
      throw new BskError("usage", "--attached goes with --level placed or complete: inclusion rests on nothing else");
    }
    const book = await ports.pins();
    const pin = pinOf(given, book);
    const network = await ports.network();
    const node = await ports.node();
    const answer = await node.proof(name, { at, pin: pin?.height, level: attached ? "placed" : level });
    if (answer.kind === "none") {
      throw new BskError("unproven", `${node.url} gives no such proof of "${name}": ${answer.because}`, {
        rule: "no-proof",
        hint: "another --level, --at or --pin may be provable; bsk light sync gets all operations, which prove everything",
      });
    }
    const { bundle } = answer;
    if (bundle.name !== name) throw new BskError("refuted", `${node.url} proved another name: "${bundle.name}"`);
    const trusted = pin ?? book.make(bundle.pin, { kind: node.own ? "own-node" : "unattested", url: node.url });
    const shown = shownProof(bundle, verifyBundle(bundle, trusted, network), shownPin(trusted));
    const kept = attached && level !== "included" ? attachedTo(level, at ?? bundle.pin.height, bundle) : bundle;
    if (output !== undefined) await ports.files.write(output, writeBundle(kept), { overwrite });
    return { ...shown, file: output ?? null };
  },
  text: ({ file, ...shown }, style) =>
    file === null ? proofCard(shown, style) : `${proofCard(shown, style)}\nfile       ${file}`,
});
