import { command } from "../cli/command.ts";
import { duration } from "../cli/duration.ts";
import { evidenceCard, shownEvidence, type ShownEvidence } from "../cli/evidence.ts";
import { arg, oneOf, option, path } from "../cli/parameter.ts";
import { pinOption } from "../cli/pin.ts";
import type { Ports } from "../cli/ports.ts";
import { proofCard, type ShownProof, shownProof } from "../cli/proof.ts";
import { BskError, ParseError } from "../errors.ts";
import { requireFresh } from "../lightnode/as-of.ts";
import type { Headers } from "../lightnode/headers.ts";
import { requiredPin, shownPin } from "../lightnode/pin.ts";
import { satisfies } from "../lightnode/trust-level.ts";
import { blockHeight } from "../primitives/units.ts";
import type { Network } from "../protocol/network-definition.ts";
import type { Anchor } from "../verify/anchor.ts";
import { PROOF_LEVELS, type ProofBundle, type ProofLevel } from "../verify/bundle.ts";
import { BUNDLE_FORMAT, LONGEST_BUNDLE, readBundle } from "../verify/bundle-file.ts";
import { checkEvidence } from "../verify/evidence.ts";
import { EVIDENCE_FORMAT, LONGEST_EVIDENCE, readEvidence } from "../verify/evidence-file.ts";
import { verifyBundle } from "../verify/verify-bundle.ts";

interface Terms {
  readonly pin: Anchor | undefined;
  readonly require: ProofLevel | undefined;
  /** A file of headers. */
  readonly headers: string | undefined;
  /** The most milliseconds since the last block that the proof speaks of; undefined: any. */
  readonly maxAge: number | undefined;
}

/** What becomes of a file of each format. */
const CHECKS = new Map<
  string | null,
  (text: string, terms: Terms, ports: Ports) => Promise<ShownProof | ShownEvidence>
>([
  [BUNDLE_FORMAT, checkProof],
  [EVIDENCE_FORMAT, checkKeptEvidence],
]);

/** @throws BskError `usage`, rule `wrong-network` */
function requireNetwork(what: string, theirs: string, network: Network): void {
  if (theirs === network.id) return;
  throw new BskError("usage", `the ${what} is of another network than "${network.name}"`, {
    rule: "wrong-network",
    hint: `its network id is ${theirs}, ours is ${network.id}; choose with --network`,
  });
}

async function checkProof(text: string, terms: Terms, ports: Ports): Promise<ShownProof> {
  const { pin: given, require, maxAge } = terms;
  const network = await ports.network();
  const bundle = readBundle(text);
  requireNetwork("proof", bundle.network, network);
  const pin = requiredPin(given, await ports.pins());
  const isAlone = bundle.walk !== null && bundle.pin.height === pin.height;
  const light = isAlone ? null : await (await ports.ways({ offline: true, pin: given })).log();
  const headers = await headersFor(bundle, terms, ports);
  const held = { spine: light?.log.spine, log: light?.log, blockHashAt: headers?.hashAt };
  const shown = shownProof(bundle, verifyBundle(bundle, pin, network, held), shownPin(pin));
  const height = blockHeight(shown.at ?? bundle.pin.height);
  requireFresh({ asOf: { height, time: headers?.timeAt(height) ?? null } }, maxAge, ports.clock.now());
  if (require === undefined || satisfies(shown.level, require)) return shown;
  throw new BskError("unproven", `the proof is "${shown.level}", less than the required "${require}"`, {
    rule: "level",
    hint: `ask for another one: bsk prove NAME --level ${require}`,
  });
}

async function checkKeptEvidence(text: string, terms: Terms, ports: Ports): Promise<ShownEvidence> {
  const { pin: given, require, maxAge } = terms;
  if (require !== undefined) {
    throw new BskError("usage", "evidence has no level", { hint: "without --require it is checked like any other" });
  }
  if (maxAge !== undefined) {
    throw new BskError("usage", "evidence does not age", { hint: "without --max-age it is checked like any other" });
  }
  const network = await ports.network();
  const evidence = readEvidence(text);
  requireNetwork("evidence", evidence.network, network);
  const pin = requiredPin(given, await ports.pins());
  return shownEvidence(evidence, checkEvidence(evidence, pin, network.firstBlock), shownPin(pin));
}

/** Those of a file, else this installation's own where there is a use for them. */
async function headersFor(
  { inclusion }: ProofBundle,
  { headers: file, maxAge }: Terms,
  ports: Ports,
): Promise<Headers | null> {
  if (file === undefined && inclusion === null && maxAge === undefined) return null;
  const store = await ports.headers();
  const checked = (): void => {
    ports.signal.throwIfAborted();
  };
  return file === undefined ? store.own(checked) : store.read(file, checked);
}

/** The `format` that a file says it has; null: none. */
function formatOf(text: string): string | null {
  try {
    const value: unknown = JSON.parse(text);
    const isFile = typeof value === "object" && value !== null && "format" in value;
    return isFile && typeof value.format === "string" ? value.format : null;
  } catch {
    return null;
  }
}

export const verifyCommand = command({
  path: "verify",
  summary: "Check a proof or evidence against a pin, with no network",
  description: [
    "Hashes what the file says and compares it with the pin: a height and the consensus hash of that block, which you have from your own node or from somebody you trust (--pin, else the pin held: bsk pin list). The file is believed in nothing.",
    "A file that is attached rests on the verified log on this machine (bsk light sync). With that log, proofs from any earlier pin are checked too.",
    "Says how far the file goes: included (the network accepted the operation), placed (in exactly that block), complete (nothing happened to the name after it).",
    "A file that shows the operation's Bitcoin transaction (bsk prove --inclusion) is placed by headers: those of --headers, else those held (bsk light headers).",
    "With --max-age the proof's last block, which is the pin's unless it shows the state at another height, must not be older. Its time is in its header, so it takes headers.",
    "Evidence against a node, which bsk resolve keeps where nodes contradict each other, is checked the same way: exit code 0 says that the answer in it is false, and whose it is said to be.",
    "Exit code 3: the file contradicts the pin. 4: it proves nothing under this pin, less than --require, or something older than --max-age.",
  ],
  examples: [
    {
      text: "Under a pin from your own node",
      command: "bsk verify alice.proof --pin 813:4625d9bc4a8ac0a5605e07530c1e1478",
    },
    { text: "Only if nothing happened to the name since", command: "bsk verify alice.proof --require complete" },
  ],
  options: {
    file: arg(path, "the proof, or evidence", { placeholder: "FILE", completes: "file" }),
    pin: pinOption,
    headers: option(path, "file of Bitcoin's headers (bsk light headers), instead of those held", {
      placeholder: "FILE",
      completes: "file",
    }),
    require: option(oneOf(PROOF_LEVELS), "refuse a proof that shows less than this", { placeholder: "LEVEL" }),
    maxAge: option(duration, "refuse a proof whose last block is older than this", { placeholder: "TIME" }),
  },
  run: async ({ file, pin, headers, require, maxAge }, ports) => {
    const text = await ports.files.readText(file, Math.max(LONGEST_BUNDLE, LONGEST_EVIDENCE));
    const check = CHECKS.get(formatOf(text));
    // A file that is no proof is refuted: somebody gave it as one.
    const noProof = (because: string): BskError =>
      new BskError("refuted", `"${file}" is no proof: ${because}`, { rule: "not-a-proof" });
    if (check === undefined) throw noProof("it has no format that bsk knows");
    try {
      return await check(text, { pin, require, headers, maxAge }, ports);
    } catch (error) {
      throw error instanceof ParseError ? noProof(error.message) : error;
    }
  },
  text: (shown, style) => ("caught" in shown ? evidenceCard(shown, style) : proofCard(shown, style)),
});
