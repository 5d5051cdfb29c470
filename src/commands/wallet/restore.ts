import { showAmount } from "../../cli/amount.ts";
import { command } from "../../cli/command.ts";
import { card, table } from "../../cli/layout.ts";
import { flag, integer, option, path } from "../../cli/parameter.ts";
import type { Ports } from "../../cli/ports.ts";
import { BskError } from "../../errors.ts";
import { addressAt, NOTHING_USED } from "../../wallet/addresses.ts";
import { type Mnemonic, parseMnemonic } from "../../wallet/mnemonic.ts";
import { checkPassphrase } from "../../wallet/passphrase.ts";
import { type FoundKey, type Scan, scanPhrase, type ScanSources } from "../../wallet/scan.ts";

const NOT_SCANNED: Scan = { used: NOTHING_USED, found: [], elsewhere: [], addresses: 0 };

export const walletRestoreCommand = command({
  path: "wallet restore",
  summary: "Make the wallet again from its recovery phrase",
  description: [
    "Looks for coins, and if a bsk node answers for names, on every path that this wallet and wallets of the original used, and reports what it found. Addresses whose coins are all spent and which own no name look unused; that loses nothing.",
    "The phrase comes from a prompt, a file or a file descriptor, never from the command line. Nothing is written before the search has ended.",
  ],
  examples: [
    { text: "Type the phrase in", command: "bsk wallet restore --network regtest" },
    {
      text: "From a script",
      command: "bsk wallet restore --network regtest --phrase-file phrase --passphrase-file pass --json",
    },
  ],
  options: {
    phraseFile: option(path, "file with the recovery phrase, - for standard input", {
      placeholder: "FILE",
      completes: "file",
    }),
    phraseFd: option(integer(0, 1023), "file descriptor to read the recovery phrase from", { placeholder: "FD" }),
    noScan: flag("do not look for coins and names: works without any node"),
    replace: flag("set a wallet that is there aside; it is kept beside the new one"),
  },
  run: async ({ phraseFile, phraseFd, noScan, replace }, ports) => {
    const network = await ports.network();
    const wallet = await ports.wallet();
    if (wallet.exists() && !replace)
      throw new BskError("wallet", `there is a wallet already at "${wallet.path}"`, {
        rule: "wallet-exists",
        hint: "--replace sets it aside and keeps it beside the new one",
      });
    if (wallet.exists()) await ports.terminal.confirm(`Put another wallet in the place of "${wallet.path}"?`);
    const mnemonic = parseMnemonic(await phraseText({ phraseFile, phraseFd }, ports));
    const passphrase = await ports.secrets.newPassphrase();
    checkPassphrase(passphrase);
    const names = noScan ? null : await nodeToAsk(ports);
    const scan = noScan ? NOT_SCANNED : await search(mnemonic, names, ports);
    const used = { ...scan.used, payment: Math.max(1, scan.used.payment) };
    const { keys } = await wallet.create({ mnemonic, passphrase, used, replace });
    return {
      network: network.name,
      path: wallet.path,
      address: addressAt(keys, { purpose: "payment", index: used.payment - 1 }, network.bitcoin),
      used,
      addressesScanned: scan.addresses,
      namesScanned: names !== null,
      found: scan.found,
      elsewhere: scan.elsewhere,
    };
  },
  text: ({ network, path: file, address, addressesScanned, namesScanned, found, elsewhere }, style) =>
    [
      card(
        [
          ["wallet", file],
          ["network", style.name(network)],
          ["receive at", address],
          ["looked at", addressesScanned === 0 ? "nothing" : `${addressesScanned} addresses`],
          ["names", namesScanned || addressesScanned === 0 ? null : style.warn("not looked for: no bsk node answered")],
        ],
        style,
      ),
      found.length === 0 && addressesScanned > 0 ? "\nnothing was found" : null,
      found.length === 0 ? null : `\n${foundTable(found, style)}`,
      elsewhere.length === 0
        ? null
        : `\n${style.warn("on keys of older wallets, which this wallet does not spend from:")}\n${foundTable(elsewhere, style)}`,
    ]
      .filter((part) => part !== null)
      .join("\n"),
});

function foundTable(found: readonly FoundKey[], style: Parameters<typeof table>[2]): string {
  return table(
    ["ADDRESS", "PATH", "COINS", "AMOUNT", "NAMES"],
    found.map(({ address, path: where, coins, value, names }) => [
      address,
      where,
      String(coins),
      showAmount(value),
      names.join(", "),
    ]),
    style,
  );
}

interface PhraseSource {
  readonly phraseFile: string | undefined;
  readonly phraseFd: number | undefined;
}

async function phraseText({ phraseFile, phraseFd }: PhraseSource, { files, terminal }: Ports): Promise<string> {
  if (phraseFile !== undefined && phraseFd !== undefined)
    throw new BskError("usage", "--phrase-file and --phrase-fd exclude each other");
  if (phraseFd !== undefined) return files.readDescriptor(phraseFd);
  if (phraseFile !== undefined) return files.readText(phraseFile, 64 * 1024);
  return terminal.askSecret("Recovery phrase:", "--phrase-file FILE or --phrase-fd FD");
}

/** Asks the node for the names of an address; null where no node answers. One of another network is an error. */
async function nodeToAsk({ node, terminal }: Ports): Promise<ScanSources["namesOf"]> {
  const client = await node();
  try {
    await client.info();
  } catch (error) {
    if (!(error instanceof BskError) || error.kind !== "machine") throw error;
    terminal.warn(`names are not looked for: ${error.message}`);
    return null;
  }
  return (owner) => client.namesOf(owner);
}

async function search(mnemonic: Mnemonic, namesOf: ScanSources["namesOf"], ports: Ports): Promise<Scan> {
  const { bitcoin } = await ports.network();
  const source = await ports.coins();
  const progress = ports.terminal.progress("looking for coins and names");
  try {
    return await scanPhrase(mnemonic, bitcoin, {
      coins: (scripts) => source.coins(scripts),
      namesOf,
      progress: (addresses) => progress.update(`${addresses} addresses`),
    });
  } finally {
    progress.stop();
  }
}
