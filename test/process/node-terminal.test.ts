/** `bsk node start` as an operator sees it: progress with an estimate on a real terminal, one JSON object a line elsewhere. */
import { setTimeout as sleep } from "node:timers/promises";
import * as v from "valibot";
import { afterEach, describe, expect, test } from "vitest";
import { p2pkhAddress } from "../../src/bitcoin/address.ts";
import { BITCOIN_CHAINS } from "../../src/bitcoin/parameters.ts";
import { sandbox } from "../support/bsk.ts";
import { useDevnet } from "../support/devnet.ts";
import { type RpcServer, serveRpc } from "../support/rpc-proxy.ts";
import { terminal } from "../support/tmux.ts";
import { describeWith } from "../support/tools.ts";

const someone = p2pkhAddress(new Uint8Array(20).fill(3), BITCOIN_CHAINS.regtest);
const BLOCKS = 1500;

describe("the way to the tip", () => {
  const running = useDevnet();
  const { start, shows, press, ended, isCursorShown, close } = terminal();
  let server: RpcServer | undefined;
  afterEach(async () => {
    close();
    await server?.close();
  });

  describeWith("tmux", "tmux")("on a terminal", () => {
    test("is shown with blocks, speed and the time left, then the last block; Ctrl-C ends it with 130", async () => {
      const { devnet } = running();
      await devnet.mine(BLOCKS, someone);
      let delayMs = 20;
      server = await serveRpc(devnet, {
        getblock: async (params) => {
          await sleep(delayMs);
          return { result: await devnet.node.call("getblock", params, v.unknown()) };
        },
      });
      const settings = { ...sandbox(), BSK_BITCOIND_URL: server.url, BSK_BITCOIND_COOKIE: devnet.cookieFile };
      start(settings, "node", "start", "--network", "regtest", "--port", "0");
      await shows(/serving regtest at http:\/\/127\.0\.0\.1:[0-9]+, following/u);
      const seen = await shows(/node: block [0-9]+ of 1500, [0-9]+ blocks\/s \([0-9]+ %, [0-9]+ s left\)/u);
      expect(seen).not.toContain('"event"');
      delayMs = 0;
      await shows(/node: block 1500, waiting for the next/u);
      press("C-c");
      const { code, screen } = await ended();
      expect({ code, cursor: isCursorShown() }).toEqual({ code: 130, cursor: true });
      expect(screen).not.toContain("waiting for the next");
      expect(screen).not.toContain("Warning");
    });
  });
});
