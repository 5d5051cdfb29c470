/**
 * Where secrets come from, in this order: `--passphrase-fd`, `--passphrase-file`, `BSK_PASSPHRASE_FILE`, a prompt.
 * Never an argument: those can be read by every user of the machine.
 */
import { BskError } from "../errors.ts";
import type { Files } from "./files.ts";
import type { Terminal } from "./terminal.ts";

export interface Secrets {
  /**
   * The wallet's passphrase.
   * @throws BskError usage if no source gives one and nobody can be asked; wallet if a new one is not repeated exactly.
   */
  passphrase(question?: string): Promise<string>;
  /** Does `passphrase` have one without asking anybody? */
  isGiven(): boolean;
  /** A new passphrase: on a terminal it is asked for twice. */
  newPassphrase(): Promise<string>;
}

export interface SecretSources {
  readonly fd: number | undefined;
  readonly file: string | undefined;
  readonly environmentFile: string | undefined;
}

/** How a script gives a passphrase, for the hint of the error. */
const INSTEAD = "--passphrase-file FILE, --passphrase-fd FD or BSK_PASSPHRASE_FILE";

export function secretsOf(sources: SecretSources, files: Files, terminal: Terminal): Secrets {
  // A descriptor can be read only once, and a command may ask twice.
  let fromDescriptor: string | null = null;
  const given = async (): Promise<string | null> => {
    if (sources.fd !== undefined) return (fromDescriptor ??= firstLine(await files.readDescriptor(sources.fd)));
    const file = sources.file ?? sources.environmentFile;
    return file === undefined || file === "" ? null : firstLine(await files.readText(file, 64 * 1024));
  };
  return {
    passphrase: async (question = "Passphrase of the wallet:") =>
      (await given()) ?? (await terminal.askSecret(question, INSTEAD)),
    isGiven: () => sources.fd !== undefined || (sources.file ?? sources.environmentFile ?? "") !== "",
    newPassphrase: async () => {
      const known = await given();
      if (known !== null) return known;
      const first = await terminal.askSecret("New passphrase:", INSTEAD);
      if (first !== (await terminal.askSecret("Again:", INSTEAD)))
        throw new BskError("wallet", "the two passphrases differ");
      return first;
    },
  };
}

/** The text up to the first line end: editors and `echo` add one. */
function firstLine(text: string): string {
  return text.split(/\r?\n/u, 1)[0] ?? "";
}
