import { command } from "../cli/command.ts";
import { arg, path } from "../cli/parameter.ts";
import { pinOption } from "../cli/pin.ts";
import { proofCard, shownProof } from "../cli/proof.ts";
import { BskError, ParseError } from "../errors.ts";
import { requiredPin } from "../lightnode/pin.ts";
import type { NameProof } from "../verify/proof.ts";
import { verifyProof } from "../verify/proof.ts";
import { LONGEST_PROOF, readProof } from "../verify/proof-file.ts";

/** A file that is no proof is refuted: somebody gave it as one. */
function proofIn(text: string, file: string): NameProof {
  try {
    return readProof(text);
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    throw new BskError("refuted", `"${file}" is no proof: ${error.message}`, { rule: "not-a-proof" });
  }
}

export const verifyCommand = command({
  path: "verify",
  summary: "Check a proof file against a pin, with no network",
  description: [
    "Hashes what the file says and compares it with the pin: a height and the consensus hash of that block, which you have from your own node or from somebody you trust (--pin, else the pin held: bsk pin list). The file is believed in nothing.",
    "Exit code 3: the file contradicts the pin. 4: it proves nothing under this pin.",
  ],
  examples: [
    {
      text: "Under a pin from your own node",
      command: "bsk verify alice.proof --pin 813:4625d9bc4a8ac0a5605e07530c1e1478",
    },
  ],
  options: {
    file: arg(path, "the proof", { placeholder: "FILE", completes: "file" }),
    pin: pinOption,
  },
  run: async ({ file, pin }, ports) => {
    const { firstBlock, id, name } = await ports.network();
    const proof = proofIn(await ports.files.readText(file, LONGEST_PROOF), file);
    if (proof.network !== id) {
      throw new BskError("usage", `the proof is of another network than "${name}"`, {
        rule: "wrong-network",
        hint: `its network id is ${proof.network}, ours is ${id}; choose with --network`,
      });
    }
    return shownProof(proof, verifyProof(proof, requiredPin(pin, await ports.pins()), firstBlock));
  },
  text: proofCard,
});
