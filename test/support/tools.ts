/** Programs of the system that a test needs and that are not everywhere. */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { describe } from "vitest";

/**
 * A `describe` for tests that need a program. Where it is missing they are reported as skipped, with the Debian package
 * to install; with BSK_REQUIRE_TOOLS=1 (as on the build machines) that is a failure.
 */
export function describeWith(program: string, debianPackage: string): typeof describe | typeof describe.skip {
  if (pathOf(program) !== null) return describe;
  const missing = `${program} is missing: apt-get install ${debianPackage}`;
  if (process.env["BSK_REQUIRE_TOOLS"] === "1") throw new Error(missing);
  process.stderr.write(`skipped, ${missing}\n`);
  return describe.skip;
}

/** Where a program is; null: nowhere on the path. */
export function pathOf(program: string): string | null {
  const places = (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, program));
  return places.find(isExecutable) ?? null;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
