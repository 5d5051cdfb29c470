import { command } from "../cli/command.ts";
import { arg, flag, option, path } from "../cli/parameter.ts";
import { pinOption } from "../cli/pin.ts";
import { proofCard, shownProof } from "../cli/proof.ts";
import { BskError } from "../errors.ts";
import { pinOf } from "../lightnode/pin.ts";
import { name as parseName } from "../primitives/name.ts";
import { parseBlockHeight } from "../primitives/units.ts";
import { verifyProof } from "../verify/proof.ts";
import { writeProof } from "../verify/proof-file.ts";

export const proveCommand = command({
  path: "prove",
  summary: "Get a proof of a name's last operation as a file",
  description: [
    "Asks the node for the last operation on the name and for the hashes from the pin down to it, checks them, and writes them to a file that bsk verify checks with no network.",
    "Without --pin the proof goes from the pin held (bsk pin list), else from the node's last block; whoever reads it must trust that pair of height and consensus hash from elsewhere.",
    "A proof shows that the network accepted the operation (included), and in which block where a record of that block says so (placed). It does not show that no later operation exists.",
  ],
  examples: [{ text: "A proof for somebody who has the pin", command: "bsk prove alice.test -o alice.proof" }],
  options: {
    name: arg(parseName, "the name, such as alice.test"),
    output: option(path, "file to write; it must not exist", { placeholder: "FILE", short: "o", completes: "file" }),
    at: option(parseBlockHeight, "the last operation up to this height instead of the last of all", {
      placeholder: "HEIGHT",
    }),
    pin: pinOption,
    overwrite: flag("write over the file"),
  },
  run: async ({ name, output, at, pin: given, overwrite }, ports) => {
    const pin = pinOf(given, await ports.pins());
    const { firstBlock } = await ports.network();
    const node = await ports.node();
    const proof = await node.proof(name, { at, pin: pin?.height });
    if (proof === null) {
      throw new BskError(
        "unproven",
        `${node.url} has no proof for "${name}"${at === undefined ? "" : ` up to ${at}`}`,
        {
          rule: "no-proof",
          hint: "it knows of no operation on the name, or has not indexed the block of the pin",
        },
      );
    }
    const shown = shownProof(proof, verifyProof(proof, pin ?? proof.pin, firstBlock));
    if (proof.subject !== name) throw new BskError("refuted", `${node.url} proved another name: "${proof.subject}"`);
    if (output !== undefined) await ports.files.write(output, writeProof(proof), { overwrite });
    return { ...shown, file: output ?? null };
  },
  text: ({ file, ...shown }, style) =>
    file === null ? proofCard(shown, style) : `${proofCard(shown, style)}\nfile       ${file}`,
});
