import { command } from "../../cli/command.ts";
import { card } from "../../cli/layout.ts";
import { flag, oneOf, option, optionOr, path } from "../../cli/parameter.ts";
import type { Ports } from "../../cli/ports.ts";
import { BskError } from "../../errors.ts";
import { addressAt, NOTHING_USED } from "../../wallet/addresses.ts";
import { type Mnemonic, mnemonicOf } from "../../wallet/mnemonic.ts";
import { checkPassphrase } from "../../wallet/passphrase.ts";

/** Bytes of entropy behind a phrase of so many words (BIP 39). */
const ENTROPY_BYTES = { "12": 16, "24": 32 } as const;
const ATTEMPTS = 3;

export const walletCreateCommand = command({
  path: "wallet create",
  summary: "Make a new wallet and show its recovery phrase once",
  description: [
    "The wallet is a file, encrypted with a passphrase, among the data of the network: each network has its own. The recovery phrase alone gives back all its keys, on this machine or another: write it down, show it to nobody.",
    "On a terminal the phrase is shown once and two of its words are asked for. Elsewhere say where it shall go: --phrase-file writes it to a new file that only you can read, --show-phrase prints it.",
  ],
  examples: [
    { text: "A wallet on regtest", command: "bsk wallet create --network regtest" },
    {
      text: "The same from a script",
      command: "bsk wallet create --network regtest --passphrase-file pass --phrase-file phrase --json",
    },
  ],
  options: {
    words: optionOr("12", oneOf(["12", "24"]), "words of the recovery phrase", {}),
    phraseFile: option(path, "write the recovery phrase to this new file", { placeholder: "FILE", completes: "file" }),
    showPhrase: flag("print the recovery phrase with the result"),
    replace: flag("set a wallet that is there aside; it is kept beside the new one"),
  },
  run: async ({ words, phraseFile, showPhrase, replace }, ports) => {
    const { terminal, files, secrets } = ports;
    const network = await ports.network();
    const wallet = await ports.wallet();
    if (wallet.exists() && !replace) throw walletExists(wallet.path);
    const onTerminal = phraseFile === undefined && !showPhrase;
    if (onTerminal && !terminal.interactive) throw nowhereToShow();
    if (wallet.exists()) await terminal.confirm(`Put a new wallet in the place of "${wallet.path}"?`);
    const passphrase = await secrets.newPassphrase();
    checkPassphrase(passphrase);
    const mnemonic = mnemonicOf(ports.entropy.bytes(ENTROPY_BYTES[words]));
    // Before there is a wallet: nobody must ever have coins on one whose phrase was not kept.
    if (phraseFile !== undefined) await files.write(phraseFile, `${mnemonic}\n`, { secret: true });
    if (onTerminal) await showOnce(mnemonic, ports);
    const file = await wallet.create({ mnemonic, passphrase, used: { ...NOTHING_USED, payment: 1 }, replace });
    return {
      network: network.name,
      path: wallet.path,
      words: Number(words),
      address: addressAt(file.keys, { purpose: "payment", index: 0 }, network.bitcoin),
      phraseFile: phraseFile ?? null,
      ...(showPhrase ? { phrase: mnemonic } : {}),
    };
  },
  text: ({ network, path: file, address, phraseFile, phrase }, style) =>
    card(
      [
        ["wallet", file],
        ["network", style.name(network)],
        ["receive at", address],
        ["phrase in", phraseFile],
        ["phrase", phrase ?? null],
      ],
      style,
    ),
});

function walletExists(file: string): BskError {
  return new BskError("wallet", `there is a wallet already at "${file}"`, {
    rule: "wallet-exists",
    hint: "--replace sets it aside and keeps it beside the new one",
  });
}

function nowhereToShow(): BskError {
  return new BskError("usage", "there is no terminal to show the recovery phrase on", {
    rule: "phrase-unseen",
    hint: "give --phrase-file FILE to write it to a file, or --show-phrase to print it",
  });
}

/** Shows the phrase and has two words of it typed in: a note that was never made is found out now. */
async function showOnce(mnemonic: Mnemonic, { terminal, entropy }: Ports): Promise<void> {
  const words = mnemonic.split(" ");
  const { style } = terminal;
  const numbered = words.map((word, i) => `${String(i + 1).padStart(2)} ${style.bold(word.padEnd(8))}`);
  terminal.warn("\nThe recovery phrase. Write it down now, it is not shown again:\n");
  for (let i = 0; i < numbered.length; i += 4) terminal.warn(`  ${numbered.slice(i, i + 4).join("   ")}`);
  terminal.warn("\nWhoever has these words has your coins and names.\n");
  for (const position of twoOf(words.length, entropy.bytes(8))) await askWord(words, position, terminal);
}

async function askWord(words: readonly string[], position: number, terminal: Ports["terminal"]): Promise<void> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const typed = await terminal.ask(`Word ${position + 1} of the phrase:`, "--phrase-file FILE or --show-phrase");
    if (typed.trim().toLowerCase() === words[position]) return;
    if (attempt < ATTEMPTS) terminal.warn("That is not the word. Look at your note again.");
  }
  throw new BskError("cancelled", "the words were not those of the phrase: no wallet was made", {
    hint: "start again: bsk wallet create",
  });
}

/** Two different positions, the lower one first. */
function twoOf(count: number, entropy: Uint8Array): readonly number[] {
  const view = new DataView(entropy.buffer, entropy.byteOffset);
  const first = view.getUint32(0) % count;
  const second = (first + 1 + (view.getUint32(4) % (count - 1))) % count;
  return [first, second].sort((a, b) => a - b);
}
