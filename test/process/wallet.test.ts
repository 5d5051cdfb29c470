/** The wallet commands as users run them: real processes, a real node, files on disk. */
import { readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { address, p2pkhAddress } from "../../src/bitcoin/address.ts";
import { BITCOIN_CHAINS } from "../../src/bitcoin/parameters.ts";
import { decodeBase58Check } from "../../src/encoding/base58check.ts";
import { txid as parseTxid } from "../../src/primitives/hash.ts";
import { satoshi } from "../../src/primitives/units.ts";
import { bsk, BIN, type Ended, runToEnd, sandbox } from "../support/bsk.ts";
import { useDevnet } from "../support/devnet.ts";
import { serveEsplora } from "../support/esplora-server.ts";
import { lyingEsplora } from "../support/lying-esplora.ts";

const running = useDevnet();
const REGTEST = BITCOIN_CHAINS.regtest;
/** Known from the original's tests (spec 08 §1). */
const PHRASE = `${"abandon ".repeat(11)}about`;
const RECEIVE = p2pkhAddress(decodeBase58Check("1LqBGSKuX5yYUonjxT5qGfpUsXKYYWeabA").payload, REGTEST);

/** m/888'/0'/0' of the known phrase in the form of the first browser releases. */
const UNCOMPRESSED_OWNER = address("miMi61Z9uHkQo9agy7H7mqrUY87u24F6FX", REGTEST);

interface Home {
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  run(...argv: readonly string[]): Promise<Ended>;
  /** The data of a command that must succeed. */
  data(...argv: readonly string[]): Promise<Record<string, unknown>>;
  /** Code, and the error of a command that must fail. */
  error(...argv: readonly string[]): Promise<{ code: number | null; kind: string; rule?: string; hint?: string }>;
}

/** A home of its own with a passphrase file, talking to the devnet. */
function home(more: Readonly<Record<string, string>> = {}): Home {
  const { devnet } = running();
  const machine = sandbox();
  const directory = machine["HOME"] ?? "";
  writeFileSync(join(directory, "pass"), "correct horse battery\n");
  writeFileSync(join(directory, "phrase"), `${PHRASE}\n`);
  const environment = {
    ...machine,
    BSK_HOME: join(directory, "bsk"),
    BSK_NETWORK: "regtest",
    BSK_PASSPHRASE_FILE: join(directory, "pass"),
    BSK_BITCOIND_URL: devnet.rpc.url,
    BSK_BITCOIND_COOKIE: devnet.cookieFile,
    BSK_NODE: "http://127.0.0.1:9",
    ...more,
  };
  const run = (...argv: readonly string[]) => bsk(argv, { environment });
  return {
    directory,
    environment,
    run,
    data: async (...argv) => {
      const { code, out, err } = await run(...argv, "--json");
      expect({ code, out, err }).toMatchObject({ code: 0 });
      const { data } = JSON.parse(out) as { data: Record<string, unknown> };
      return data;
    },
    error: async (...argv) => {
      const { code, out } = await run(...argv, "--json");
      const { error } = JSON.parse(out) as { error: { kind: string } };
      return { code, ...error };
    },
  };
}

/** A home that holds the wallet of the known phrase. */
async function restored(more: Readonly<Record<string, string>> = {}): Promise<Home> {
  const made = home(more);
  await made.data("wallet", "restore", "--no-scan", "--phrase-file", join(made.directory, "phrase"));
  return made;
}

const walletFile = ({ directory }: Home) => join(directory, "bsk", "regtest", "wallet.json");

describe("wallet create", () => {
  test.each(["12", "24"])(
    "%s words: the phrase goes to a file of one's own, and gives the wallet back",
    async (words) => {
      const first = home();
      const phrase = join(first.directory, "new-phrase");
      const made = await first.data("wallet", "create", "--words", words, "--phrase-file", phrase);
      expect(made).toEqual({
        network: "regtest",
        path: walletFile(first),
        words: Number(words),
        address: expect.stringMatching(/^[mn]/u) as string,
        phraseFile: phrase,
      });
      expect(statSync(phrase).mode & 0o777).toBe(0o600);
      expect(statSync(walletFile(first)).mode & 0o777).toBe(0o600);
      expect(statSync(join(first.directory, "bsk", "regtest")).mode & 0o777).toBe(0o700);
      expect(readFileSync(phrase, "utf8").trim().split(" ")).toHaveLength(Number(words));
      expect(readFileSync(walletFile(first), "utf8")).not.toContain(readFileSync(phrase, "utf8").split(" ")[0]);

      const second = home();
      const again = await second.data("wallet", "restore", "--no-scan", "--phrase-file", phrase);
      expect(again["address"]).toBe(made["address"]);
    },
  );

  test("--show-phrase prints the phrase; without it nobody sees it", async () => {
    const shown = await home().data("wallet", "create", "--show-phrase");
    expect(String(shown["phrase"]).split(" ")).toHaveLength(12);
    const { code, out, err } = await home().run("wallet", "create");
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(/^error: there is no terminal.*\nhint: give --phrase-file FILE .*--show-phrase/u);
  });

  test("a wallet that is there stays, unless it is to be set aside", async () => {
    const at = await restored();
    const before = readFileSync(walletFile(at), "utf8");
    expect(await at.error("wallet", "create", "--show-phrase")).toMatchObject({ code: 6, rule: "wallet-exists" });
    expect(await at.error("wallet", "create", "--show-phrase", "--replace")).toMatchObject({ code: 2, kind: "usage" });
    expect(readFileSync(walletFile(at), "utf8")).toBe(before);
    await at.data("wallet", "create", "--show-phrase", "--replace", "--yes");
    const aside = readdirSync(join(at.directory, "bsk", "regtest")).filter((file) => file.includes("replaced"));
    expect(aside.map((file) => readFileSync(join(at.directory, "bsk", "regtest", file), "utf8"))).toEqual([before]);
  });

  test("a short passphrase, or none, makes no wallet", async () => {
    const at = home();
    writeFileSync(join(at.directory, "pass"), "short\n");
    expect(await at.error("wallet", "create", "--show-phrase")).toMatchObject({
      code: 6,
      rule: "passphrase-too-short",
    });
    const { BSK_PASSPHRASE_FILE: _, ...without } = at.environment;
    const { code, err } = await bsk(["wallet", "create", "--show-phrase"], { environment: without });
    expect(code).toBe(2);
    expect(err).toContain("--passphrase-file FILE, --passphrase-fd FD or BSK_PASSPHRASE_FILE");
    expect(() => statSync(walletFile(at))).toThrow();
  });

  test("two at once: one wallet, and one refusal", async () => {
    const at = home();
    const both = await Promise.all([at, at].map((each) => each.run("wallet", "create", "--show-phrase")));
    expect(both.map(({ code }) => code).sort()).toEqual([0, 6]);
  });
});

describe("wallet restore", () => {
  test("finds coins far ahead, and on the keys of older wallets", async () => {
    const { faucet } = running();
    const at = home();
    const first = await restored();
    const listed = (await first.data("wallet", "addresses", "--all"))["addresses"] as {
      address: string;
      path: string;
    }[];
    const at19 = listed.find(({ path }) => path === "m/44'/0'/0'/0/19")?.address;
    const owner7 = listed.find(({ path }) => path === "m/888'/0'/7'")?.address;
    await faucet.pay([
      { to: address(at19 ?? "", REGTEST), value: satoshi(70_000) },
      { to: address(owner7 ?? "", REGTEST), value: satoshi(5500) },
      { to: UNCOMPRESSED_OWNER, value: satoshi(9000) },
    ]);
    await faucet.mine(1);
    const found = await at.data("wallet", "restore", "--phrase-file", join(at.directory, "phrase"));
    expect(found).toMatchObject({
      used: { payment: 20, change: 0, owner: 8, reveal: 0 },
      namesScanned: false,
      found: [
        { path: "m/888'/0'/7'", coins: 1, value: 5500, names: [] },
        { path: "m/44'/0'/0'/0/19", coins: 1, value: 70_000, names: [] },
      ],
      elsewhere: [{ path: "m/888'/0'/0' uncompressed", address: UNCOMPRESSED_OWNER, coins: 1, value: 9000 }],
    });
    expect(Number(found["addressesScanned"])).toBeGreaterThan(500);
    expect(await at.data("wallet", "balance")).toMatchObject({ confirmed: 70_000, locked: 5500, total: 75_500 });
  });

  test("a wrong word is named, never the others; nothing is written", async () => {
    const at = home();
    writeFileSync(join(at.directory, "phrase"), PHRASE.replace("about", "abuot"));
    const { code, err } = await at.run("wallet", "restore", "--phrase-file", join(at.directory, "phrase"));
    expect(code).toBe(6);
    expect(err).toContain('word 12 of the recovery phrase, "abuot", is not in the English list');
    writeFileSync(join(at.directory, "phrase"), "abandon ".repeat(12));
    const swapped = await at.run("wallet", "restore", "--phrase-file", join(at.directory, "phrase"));
    expect(swapped.code).toBe(6);
    expect(swapped.err).not.toContain("abandon");
    expect(() => statSync(walletFile(at))).toThrow();
  });

  test("from a descriptor; without a terminal the flags are named; never two sources", async () => {
    const at = home();
    const script = `"${process.execPath}" "${BIN}" wallet restore --no-scan --phrase-fd 3 --passphrase-fd 4 --json 3<phrase 4<pass`;
    const { BSK_PASSPHRASE_FILE: _, ...environment } = at.environment;
    const { code, out } = await runToEnd("bash", ["-c", `cd "$HOME"; ${script}`], environment);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ data: { address: RECEIVE, addressesScanned: 0 } });
    expect(await home().error("wallet", "restore")).toMatchObject({
      code: 2,
      hint: "give --phrase-file FILE or --phrase-fd FD",
    });
    expect(await home().error("wallet", "restore", "--phrase-file", "x", "--phrase-fd", "0")).toMatchObject({
      code: 2,
    });
  });

  test("no Bitcoin node: says so and writes nothing", async () => {
    const at = home({ BSK_BITCOIND_URL: "http://127.0.0.1:9" });
    const failed = await at.error("wallet", "restore", "--phrase-file", join(at.directory, "phrase"));
    expect(failed).toMatchObject({ code: 7, kind: "machine" });
    expect(() => statSync(walletFile(at))).toThrow();
  });
});

describe("wallet addresses", () => {
  test("the newest payment address is the one to receive at", async () => {
    const at = await restored();
    expect(await at.data("wallet", "addresses")).toEqual({
      network: "regtest",
      receive: RECEIVE,
      addresses: [{ address: RECEIVE, purpose: "payment", path: "m/44'/0'/0'/0/0", used: true }],
    });
    const next = await at.data("wallet", "addresses", "--new");
    expect(next["receive"]).not.toBe(RECEIVE);
    expect((await at.data("wallet", "addresses"))["receive"]).toBe(next["receive"]);
    expect((await at.run("wallet", "addresses")).out).toMatch(/^receive at {2}[mn]/u);
  });

  test("processes that ask at once never get the same address", async () => {
    const at = await restored();
    const asked = await Promise.all(Array.from({ length: 4 }, () => at.data("wallet", "addresses", "--new")));
    expect(new Set(asked.map(({ receive }) => receive)).size).toBe(4);
  });
});

describe("a wallet file that is not there, or damaged", () => {
  test("no wallet: the way to one is named", async () => {
    for (const argv of [["balance"], ["coins"], ["addresses"]])
      expect(await home().error("wallet", ...argv)).toMatchObject({
        code: 6,
        hint: expect.stringContaining("bsk wallet create"),
      });
  });

  test("one changed byte, and one too many, are damage", async () => {
    const at = await restored();
    const text = readFileSync(walletFile(at), "utf8");
    for (const broken of [text.replace('"payment": 1', '"payment": 2'), `${text} `, text.slice(0, 100), ""]) {
      writeFileSync(walletFile(at), broken);
      const failed = await at.error("wallet", "addresses");
      expect(failed).toMatchObject({ code: 6, kind: "wallet" });
      expect(failed.hint).toContain("bsk wallet restore");
    }
    writeFileSync(walletFile(at), text);
    expect((await at.data("wallet", "addresses"))["receive"]).toBe(RECEIVE);
  });
});

describe("wallet pay and the balance on the way", () => {
  const someone = "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn";
  const sums = async (at: Home) => {
    const { confirmed, pending, locked, reserved, total } = await at.data("wallet", "balance");
    return { confirmed, pending, locked, reserved, total };
  };
  /** A new wallet with one coin in a block. */
  const funded = async (value: number, more?: Readonly<Record<string, string>>) => {
    const { faucet } = running();
    const at = home(more);
    const phrase = join(at.directory, "mine");
    const { address: receive } = await at.data("wallet", "create", "--phrase-file", phrase);
    await faucet.pay([{ to: address(String(receive), REGTEST), value: satoshi(value) }]);
    await faucet.mine(1);
    return { at, phrase };
  };

  test("the whole story: fund, look, pay, look before and after the block, restore elsewhere", async () => {
    const { faucet, devnet } = running();
    const { at, phrase } = await funded(1_000_000);
    const start = { confirmed: 1_000_000, pending: 0, locked: 0, reserved: 0, total: 1_000_000 };
    expect(await sums(at)).toEqual(start);

    const dry = await at.data("wallet", "pay", someone, "0.004btc", "--dry-run");
    expect(dry).toMatchObject({ state: "dry-run", subject: someone, transactions: [{ txid: null, height: null }] });
    expect(dry["plans"]).toMatchObject([{ outputs: [{ role: "destination", value: 400_000 }, { role: "change" }] }]);
    expect(await sums(at)).toEqual(start);
    const shown = await at.run("wallet", "pay", someone, "0.004btc", "--dry-run");
    expect(shown.out).toMatch(/to destination +400000 sat \(0\.00400000 BTC\) {2}mipcBb/u);

    const paid = await at.data("wallet", "pay", someone, "400000", "--yes");
    expect(paid).toEqual({
      purpose: `pay 400000 satoshis to ${someone}`,
      subject: someone,
      owner: null,
      state: "sent",
      transactions: [
        {
          role: "single",
          txid: expect.stringMatching(/^[0-9a-f]{64}$/u) as string,
          fee: expect.any(Number) as number,
          burned: 0,
          deathHeight: null,
          height: null,
        },
      ],
    });
    const [{ txid, fee }] = paid["transactions"] as [{ txid: string; fee: number }];
    const left = 600_000 - fee;
    // The one coin is spent and its change is in no block: what is left is pending, never nothing.
    expect(await sums(at)).toEqual({ ...start, confirmed: 0, pending: left, total: left });
    expect((await at.data("wallet", "coins"))["coins"]).toMatchObject([
      { value: left, state: "pending", height: null, purpose: "change", path: "m/44'/0'/0'/1/0" },
    ]);

    // Asked again while it waits: the same payment, not a second one.
    const twice = await at.data("wallet", "pay", someone, "400000", "--yes");
    expect(twice["transactions"]).toEqual(paid["transactions"]);
    const again = await at.data("wallet", "pay", someone, "400000", "--yes", "--again");
    expect((again["transactions"] as { txid: string }[])[0]?.txid).not.toBe(txid);
    const last = left - 400_000 - (again["transactions"] as { fee: number }[])[0]!.fee;
    expect(await sums(at)).toMatchObject({ pending: last, total: last });

    await faucet.mine(1);
    expect(await sums(at)).toEqual({ ...start, confirmed: last, total: last });
    const other = home();
    const found = await other.data("wallet", "restore", "--phrase-file", phrase);
    expect(found).toMatchObject({ used: { change: 2 }, found: [{ path: "m/44'/0'/0'/1/1", value: last }] });
    expect(await sums(other)).toEqual(await sums(at));
    const { coins } = devnet;
    expect(await coins.transactionStatus(txid as never)).toMatchObject({ kind: "confirmed" });
  });

  test("a payment that a block holds is over: the next one like it is a new one", async () => {
    const { faucet } = running();
    const { at } = await funded(500_000);
    const one = await at.data("wallet", "pay", someone, "10000", "--yes");
    await faucet.mine(1);
    const two = await at.data("wallet", "pay", someone, "10000", "--yes");
    expect(two["transactions"]).not.toEqual(one["transactions"]);
    await faucet.mine(1);
  });

  test("two payments at once never spend the same coin", async () => {
    const { faucet } = running();
    const { at } = await funded(500_000);
    const ends = await Promise.all(
      ["10000", "20000"].map((amount) => at.run("wallet", "pay", someone, amount, "--yes", "--json")),
    );
    expect(ends.map(({ code }) => code)).toEqual([0, 0]);
    await faucet.mine(1);
    const { total } = await sums(at);
    expect(Number(total)).toBeLessThan(470_000);
    expect(Number(total)).toBeGreaterThan(460_000);
  });

  test("a coin that is set aside pays nothing, for any process, until it is freed", async () => {
    const { at } = await funded(200_000);
    const coins = async () => (await at.data("wallet", "coins"))["coins"] as Readonly<Record<string, unknown>>[];
    const [coin] = await coins();
    const outpoint = String(coin?.["outpoint"]);
    const lock = { outpoint, locked: true, reason: "rent" };
    expect(await at.data("wallet", "coins", "lock", outpoint, "--reason", "rent")).toEqual({ ...lock, changed: true });
    expect(await at.data("wallet", "coins", "lock", outpoint, "--reason", "x")).toMatchObject({ changed: false });
    expect(await coins()).toMatchObject([{ outpoint, state: "locked", hold: "user", reason: "rent" }]);
    expect((await at.run("wallet", "coins")).out).toContain("set aside: rent");
    expect(await sums(at)).toMatchObject({ confirmed: 0, locked: 200_000, reserved: 0 });
    for (const more of [[], ["--coin", outpoint]]) {
      const refused = await at.error("wallet", "pay", someone, "10000", "--yes", ...more);
      expect(refused.rule).toBe(more.length === 0 ? "not-enough-coins" : "no-such-coin");
    }
    expect(await at.error("wallet", "coins", "lock", `${"ab".repeat(32)}:0`)).toMatchObject({ code: 2 });
    expect(await at.error("wallet", "coins", "lock", "rent")).toMatchObject({ code: 2 });
    expect(await at.data("wallet", "coins", "unlock", outpoint)).toEqual({ outpoint, locked: false, changed: true });
    expect(await at.data("wallet", "coins", "unlock", outpoint)).toMatchObject({ changed: false });
    expect(await at.data("wallet", "pay", someone, "10000", "--coin", outpoint, "--yes")).toMatchObject({
      state: "sent",
    });
    expect(await sums(at)).toMatchObject({ confirmed: 0, locked: 0, reserved: 0 });
    await running().faucet.mine(1);
  });

  test("a list of locked coins that cannot be read stops what spends", async () => {
    const { at } = await funded(200_000);
    writeFileSync(join(dirname(walletFile(at)), "coin-locks.json"), '{"v":1,"locks":[{"outpoint":"x"}]}');
    expect(await at.error("wallet", "pay", someone, "10000", "--yes")).toMatchObject({
      code: 6,
      rule: "coin-locks-damaged",
    });
  });

  test("all: nothing is left, and the fee comes out of what arrives", async () => {
    const { at } = await funded(300_000);
    await at.data("wallet", "pay", someone, "all", "--yes");
    expect(await sums(at)).toEqual({ confirmed: 0, pending: 0, locked: 0, reserved: 0, total: 0 });
  });

  test("through an Esplora server: the same", async () => {
    const { devnet, faucet } = running();
    const server = await serveEsplora(devnet);
    try {
      const { at } = await funded(300_000);
      const { BSK_BITCOIND_URL: _, BSK_BITCOIND_COOKIE: __, ...environment } = at.environment;
      const esplora = { environment: { ...environment, BSK_ESPLORA_URL: server.url } };
      const call = async (...argv: string[]) => {
        const { out } = await bsk([...argv, "--json"], esplora);
        return JSON.parse(out) as { ok: boolean; data: Record<string, unknown> };
      };
      expect(await call("wallet", "balance")).toMatchObject({ ok: true, data: { confirmed: 300_000 } });
      expect(await call("wallet", "pay", someone, "10000", "--yes")).toMatchObject({ data: { state: "sent" } });
      const { data } = await call("wallet", "balance");
      expect(data).toMatchObject({ confirmed: 0, locked: 0 });
      expect(Number(data["pending"])).toBeGreaterThan(280_000);
      await faucet.mine(1);
    } finally {
      await server.close();
    }
  });

  test("a server that lies: alone no success, beside an honest one a warning", async () => {
    const { devnet, faucet } = running();
    const honest = await serveEsplora(devnet);
    const liar = await lyingEsplora(honest);
    try {
      const { at } = await funded(300_000);
      const { BSK_BITCOIND_URL: _, BSK_BITCOIND_COOKIE: __, ...environment } = at.environment;
      const pay = async (servers: readonly string[]) => {
        const esplora = ["--esplora", servers.join(",")];
        const { out, err, code } = await bsk(["wallet", "pay", someone, "10000", "--yes", "--json", ...esplora], {
          environment,
        });
        const answer = JSON.parse(out) as { data?: Record<string, unknown>; error?: Record<string, unknown> };
        return { code, err, ...answer };
      };
      expect(await pay([liar.url])).toMatchObject({ code: 7, error: { kind: "machine", rule: "broadcast-unseen" } });
      const [lost] = liar.thrownAway;
      // the same payment goes on, now to somebody who passes it on
      const sent = await pay([honest.url, liar.url]);
      expect(sent).toMatchObject({ code: 0, data: { state: "sent", transactions: [{ txid: lost }] } });
      expect(sent.err).toContain("took the transaction and does not show it");
      expect((await devnet.coins.transactionStatus(parseTxid(lost ?? ""))).kind).toBe("mempool");
      await faucet.mine(1);
    } finally {
      await liar.close();
      await honest.close();
    }
  });

  test("refused before anything is signed: no coins, dust, another chain's address, no answer, a wrong passphrase", async () => {
    const at = await restored();
    const pay = (...argv: readonly string[]) => at.error("wallet", "pay", ...argv);
    const { at: rich } = await funded(100_000);
    expect(await rich.error("wallet", "pay", someone, "1btc", "--yes")).toMatchObject({
      code: 6,
      rule: "not-enough-coins",
    });
    expect(await rich.error("wallet", "pay", someone, "100", "--yes")).toMatchObject({ code: 2, kind: "usage" });
    expect(await pay("1LqBGSKuX5yYUonjxT5qGfpUsXKYYWeabA", "1000", "--yes")).toMatchObject({ code: 2 });
    expect(await pay(someone, "0.001")).toMatchObject({ code: 2 });
    expect(await rich.error("wallet", "pay", someone, "10000")).toMatchObject({ code: 2, hint: "give --yes" });
    writeFileSync(join(rich.directory, "pass"), "not the passphrase");
    expect(await rich.error("wallet", "pay", someone, "10000", "--yes")).toMatchObject({ code: 6, kind: "wallet" });
    expect(await sums(rich)).toMatchObject({ confirmed: 100_000, locked: 0 });
    const mainnet = await rich.error("wallet", "pay", someone, "10000", "--yes", "--network", "mainnet");
    expect(mainnet).toMatchObject({ code: 5, rule: "chain-ended" });
  });
});
