/** Asked on a real terminal: other processes use the wallet meanwhile, and what was agreed to is what is sent. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { address } from "../../src/bitcoin/address.ts";
import { BITCOIN_CHAINS } from "../../src/bitcoin/parameters.ts";
import { satoshi } from "../../src/primitives/units.ts";
import { bsk, sandbox } from "../support/bsk.ts";
import { useDevnet } from "../support/devnet.ts";
import { terminal } from "../support/tmux.ts";
import { describeWith } from "../support/tools.ts";

const SOMEONE = "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn";
const running = useDevnet();

describeWith("tmux", "tmux")("wallet pay on a terminal", () => {
  const { start, shows, type, ended, close } = terminal();
  afterEach(close);

  test("while a person thinks, another process pays with the same coin: the person is asked again", async () => {
    const { devnet, faucet } = running();
    const machine = sandbox();
    const at = machine["HOME"] ?? "";
    writeFileSync(join(at, "pass"), "correct horse battery\n");
    const environment = {
      ...machine,
      BSK_PASSPHRASE_FILE: join(at, "pass"),
      BSK_BITCOIND_URL: devnet.rpc.url,
      BSK_BITCOIND_COOKIE: devnet.cookieFile,
      BSK_NETWORK: "regtest",
    };
    const run = async (...argv: readonly string[]) => {
      const { out, code } = await bsk([...argv, "--json"], { environment });
      return { code, data: (JSON.parse(out) as { data: Record<string, unknown> }).data };
    };
    const { data } = await run("wallet", "create", "--phrase-file", join(at, "phrase"));
    const to = address(String(data["address"]), BITCOIN_CHAINS.regtest);
    await faucet.pay([300_000, 300_000].map((value) => ({ to, value: satoshi(value) })));
    await faucet.mine(1);

    start(environment, "wallet", "pay", SOMEONE, "10000");
    await shows(/Send it\?/u);
    // nobody is kept waiting by a question
    expect(await run("wallet", "pay", SOMEONE, "20000", "--yes")).toMatchObject({ code: 0, data: { state: "sent" } });
    type("y");
    await shows(/have changed since[^]*Send it\?/u);
    type("y");
    const { code, screen } = await ended();
    expect({ code, screen }).toMatchObject({ code: 0 });
    await faucet.mine(1);
    const { data: balance } = await run("wallet", "balance");
    expect(Number(balance["total"])).toBeLessThan(570_000);
    expect(Number(balance["total"])).toBeGreaterThan(560_000);
  });
});
