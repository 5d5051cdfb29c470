/** The child process of a devnet: dist/devnet-node.cjs, which is the embedded node or watches over a bitcoind. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { env, execPath } from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import * as v from "valibot";
import { BskError } from "../errors.ts";

/** What the child reads as its first line. */
export type NodeSettings =
  | { readonly port: number; readonly password: string; readonly dir: string }
  | { readonly guard: { readonly command: string; readonly args: readonly string[] } };

export interface NodeProcess {
  /** The port that the embedded node listens on; null for a bitcoind, which was told its port. */
  readonly port: number | null;
  /** Why it ended by itself, null while it runs. */
  ended(): string | null;
  /** Resolves when it is gone. Harmless when repeated. */
  stop(): Promise<void>;
}

const STOP_TIMEOUT_MS = 20_000;
const lineSchema = v.object({ port: v.optional(v.number()), error: v.optional(v.string()) });

/** dist/devnet-node.cjs of the package that this file (or the bundle with it) belongs to. */
function nodeScript(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json")) && dirname(folder) !== folder) folder = dirname(folder);
  const script = join(folder, "dist", "devnet-node.cjs");
  if (existsSync(script)) return script;
  throw new BskError("machine", `the embedded Bitcoin node is missing: "${script}"`, {
    rule: "devnet-not-built",
    hint: "in a clone, run npm run build",
  });
}

/** Resolves when the child has said its first line. @throws BskError `machine`, with the child gone. */
export async function startNodeProcess(settings: NodeSettings): Promise<NodeProcess> {
  const child = spawn(execPath, ["--no-deprecation", nodeScript()], {
    stdio: ["pipe", "pipe", "ignore"],
    env: { ...env, NODE_OPTIONS: "" }, // a debugger or loader of ours is not for the node
    windowsHide: true,
  });
  const gone = once(child, "close"); // all that it said is here by then
  const isGone = () => child.exitCode !== null || child.signalCode !== null;
  let said = "";
  const firstLine = new Promise<void>((resolve) => {
    child.stdout.setEncoding("utf8");
    child.stdout.on("data", (text: string) => {
      said += text;
      if (said.includes("\n")) resolve();
    });
  });
  child.stdin.on("error", () => undefined); // it ended already: told below
  child.stdin.write(`${JSON.stringify(settings)}\n`);

  let stopping: Promise<void> | null = null;
  const end = async () => {
    if (isGone()) return;
    child.stdin.end();
    const limit = new AbortController();
    await Promise.race([gone, sleep(STOP_TIMEOUT_MS, undefined, { signal: limit.signal }).catch(() => undefined)]);
    limit.abort();
    if (isGone()) return;
    child.kill("SIGKILL");
    await gone;
  };
  const stop = () => (stopping ??= end());

  await Promise.race([firstLine, gone]);
  const { port, error } = lineOf(said, 0);
  if (error === undefined && !isGone()) {
    return { port: port ?? null, stop, ended: () => (isGone() ? (lineOf(said, -1).error ?? "it ended") : null) };
  }
  await stop();
  throw notStarted(error ?? "it ended at once");
}

function lineOf(said: string, which: number): v.InferOutput<typeof lineSchema> {
  try {
    return v.parse(lineSchema, JSON.parse(said.trim().split("\n").at(which) ?? ""));
  } catch {
    return {};
  }
}

export function notStarted(because: string): BskError {
  return new BskError("machine", `the devnet's Bitcoin node did not start: ${because}`, { rule: "devnet-not-started" });
}
