/** The wallet of one network: its file, the lock around changes of it, and the passphrase asked for once. */
import { join } from "node:path";
import { addressOf, type ScriptHex } from "../bitcoin/address.ts";
import type { CoinSource } from "../chain/source.ts";
import { lockPatiently } from "../cli/lock.ts";
import type { Files } from "../cli/files.ts";
import type { Clock } from "../cli/ports.ts";
import type { Secrets } from "../cli/secrets.ts";
import type { OpenWallet, Wallet, WalletKey } from "../cli/wallet.ts";
import { BskError } from "../errors.ts";
import type { Journal } from "../journal/store.ts";
import type { Network } from "../protocol/network-definition.ts";
import { crowdedOf } from "../spending/coin-holds.ts";
import { purseOf } from "../spending/purse.ts";
import { type OwnScript, ownScripts, publicKeyAt, scriptAt, usedCounts } from "../wallet/addresses.ts";
import { outpointText, type Purse } from "../wallet/coins.ts";
import type { KeyPath, Purpose } from "../wallet/derivation.ts";
import {
  createKeyfile,
  keyfileExists,
  raiseUsed,
  readKeyfile,
  takeKey,
  topUpKeys,
  unlockKeyfile,
} from "../wallet/keyfile.ts";
import type { WalletFile } from "../wallet/keyfile-format.ts";
import { singleKey } from "../wallet/keys.ts";
import { coinLocksIn } from "./coin-locks.ts";
import { once } from "./once.ts";

export interface WalletNeeds {
  readonly network: Network;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly files: Files;
  coins(): Promise<CoinSource>;
  journal(): Promise<Journal>;
}

export function walletIn(directory: string, needs: WalletNeeds): Wallet {
  const path = join(directory, "wallet.json");
  const { network, secrets, clock } = needs;
  const alone = exclusive(directory, clock);
  const locks = coinLocksIn(directory, needs.files);
  const ownScriptsOf = remembering((file: WalletFile) => ownScripts(file.keys, file.used));
  const scripts = (): readonly OwnScript[] => ownScriptsOf(readKeyfile(path));
  const find = (script: ScriptHex): KeyPath | undefined => scripts().find((own) => own.script === script)?.path;

  const keyAt = (file: WalletFile, keyPath: KeyPath): WalletKey => {
    const script = scriptAt(file.keys, keyPath);
    const address = addressOf(script, network.bitcoin);
    if (address === null) throw new BskError("bug", "a p2pkh script without an address");
    return { path: keyPath, script, address };
  };

  const use = async (used: readonly ScriptHex[]): Promise<void> => {
    const wanted = new Set(used);
    const found = scripts().filter((own) => !own.used && wanted.has(own.script));
    if (found.length === 0) return;
    await alone("wallet", () => Promise.resolve(raiseUsed(path, usedCounts(found.map((own) => own.path)))));
  };

  const purse = async (): Promise<Purse> => {
    const [source, journal] = [await needs.coins(), await needs.journal()];
    for (;;) {
      const known = scripts();
      const found = await purseOf(source, known, journal.entries());
      await use(found.coins.map(({ script }) => script));
      // A coin near the end of what was looked at moves that end: look again.
      if (scripts().length !== known.length) continue;
      const setAside = new Set((await locks.list()).map(({ outpoint }) => outpoint));
      return { ...found, setAside, crowded: await crowdedOf(source, found.coins, journal.live()) };
    }
  };

  const unlock = once(async (): Promise<OpenWallet> => {
    const file = readKeyfile(path); // before anybody is asked for a passphrase
    const passphrase = await secrets.passphrase();
    const opened = await unlockKeyfile(file, passphrase);
    await alone("wallet", () => topUpKeys(path, opened, passphrase));
    return {
      ...opened,
      keyOf: (script) => {
        const keyPath = find(script);
        return keyPath === undefined ? undefined : singleKey(opened.tree.privateKey(keyPath));
      },
    };
  });

  return {
    path,
    exists: () => keyfileExists(path),
    create: ({ mnemonic, passphrase, used, replace }) =>
      alone("wallet", () =>
        createKeyfile(path, mnemonic, passphrase, { created: clock.now().toISOString(), used, replace }),
      ),
    file: () => readKeyfile(path),
    scripts,
    publicKeyOf: (script) => {
      const keyPath = find(script);
      return keyPath === undefined ? undefined : publicKeyAt(readKeyfile(path).keys, keyPath);
    },
    next: (purpose: Purpose) => {
      const file = readKeyfile(path);
      return keyAt(file, { purpose, index: file.used[purpose] });
    },
    take: (purpose) =>
      alone("wallet", () => {
        const { file, index } = takeKey(path, purpose);
        return Promise.resolve(keyAt(file, { purpose, index }));
      }),
    use,
    unlock,
    purse,
    coinLocks: () => locks.list(),
    lockCoin: (outpoint, reason) =>
      alone("wallet", async () => {
        const before = await locks.list();
        if (before.some((lock) => lock.outpoint === outpoint)) return false;
        if (!(await purse()).coins.some((coin) => outpointText(coin) === outpoint)) {
          throw new BskError("usage", `the wallet holds no coin "${outpoint}"`, {
            rule: "no-such-coin",
            hint: "bsk wallet coins lists them",
          });
        }
        await locks.put([...before, { outpoint, reason, since: clock.now().toISOString() }]);
        return true;
      }),
    unlockCoin: (outpoint) =>
      alone("wallet", async () => {
        const before = await locks.list();
        const after = before.filter((lock) => lock.outpoint !== outpoint);
        if (after.length === before.length) return false;
        await locks.put(after);
        return true;
      }),
    alone,
  };
}

/** Runs work under the directory's lock; work inside of work already has it. */
function exclusive(directory: string, clock: Clock): Wallet["alone"] {
  let held = false;
  return async (purpose, work) => {
    if (held) return work();
    const release = await lockPatiently((ms) => clock.sleep(ms), directory, purpose);
    held = true;
    try {
      return await work();
    } finally {
      held = false;
      release();
    }
  };
}

/** The last result, as long as keys and counts stay the same: deriving sixty public keys takes a while. */
function remembering<T>(derive: (file: WalletFile) => T): (file: WalletFile) => T {
  let known: { readonly of: string; readonly result: T } | null = null;
  return (file) => {
    const of = JSON.stringify([file.keys, file.used]);
    if (known?.of !== of) known = { of, result: derive(file) };
    return known.result;
  };
}
