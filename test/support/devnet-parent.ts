/** A process that starts a devnet, tells its address, and waits to be killed. */
import { argv, stdout } from "node:process";
import { startDevnet } from "../../src/chain/devnet.ts";

const devnet = await startDevnet({ dir: argv[2] ?? ".", bitcoindPath: argv[3] });
stdout.write(`${devnet.rpc.url}\n`);
setInterval(() => undefined, 1000);
