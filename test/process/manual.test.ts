import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runToEnd, sandbox } from "../support/bsk.ts";
import { describeWith } from "../support/tools.ts";

const FOLDER = join(import.meta.dirname, "..", "..", "man");
const pages = readdirSync(FOLDER);

describeWith("mandoc", "mandoc")("man pages", () => {
  test("mandoc finds nothing but that the other pages are not installed", async () => {
    expect(pages.length).toBeGreaterThan(2);
    const { out, err } = await runToEnd("mandoc", ["-Tlint", ...pages.map((page) => join(FOLDER, page))], sandbox());
    const complaints = `${out}${err}`.split("\n").filter((line) => line !== "");
    expect(complaints.filter((line) => !line.includes("STYLE: referenced manual not found"))).toEqual([]);
  });

  test("every page that a page refers to exists", async () => {
    for (const page of pages) {
      const { out } = await runToEnd("mandoc", ["-Tmarkdown", join(FOLDER, page)], sandbox());
      const references = [...out.matchAll(/(bsk[a-z0-9\\-]*)\*?\*?\(([17])\)/gu)].map(
        ([, name = "", chapter = ""]) => `${name.replaceAll("\\", "")}.${chapter}`,
      );
      expect(pages).toEqual(expect.arrayContaining(references));
    }
  });
});
