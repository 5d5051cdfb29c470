/** One directory for everything that a test run puts aside, removed with it: tests leave nothing behind. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Called by vitest before the workers start: they inherit the environment. */
export default function setup(): () => void {
  const outer = process.env["TMPDIR"];
  const directory = mkdtempSync(join(tmpdir(), "bsk-test-"));
  process.env["TMPDIR"] = directory;
  return () => {
    if (outer === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = outer;
    rmSync(directory, { recursive: true, force: true });
  };
}
