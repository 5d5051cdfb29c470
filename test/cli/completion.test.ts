import { expect, test } from "vitest";
import { completionScript, SHELLS } from "../../src/cli/completion.ts";
import { shellWords } from "../../src/cli/shell-words.ts";
import { registry } from "../../src/commands/registry.ts";

test("words by prefix, options and offers come from the commands", async () => {
  const { next, commands, globals } = await shellWords(registry);
  expect(next.get("network")?.map(({ word }) => word)).toEqual(["list", "show", "new"]);
  expect(next.get("")?.find(({ word }) => word === "network")?.summary).toBe(registry.groups["network"]);
  const create = commands.find(({ path }) => path === "network new");
  expect(create?.options.find(({ long }) => long === "--chain")?.value).toEqual({
    words: ["regtest", "signet", "testnet4", "bitcoin"],
  });
  expect(globals.find(({ long }) => long === "--json")?.value).toBeNull();
  expect(commands.find(({ path }) => path === "network show")?.args).toEqual([{ kind: "network" }]);
});

test.each(SHELLS)("the script for %s names every command and is quoted", async (shell) => {
  const words = await shellWords(registry);
  const enemy = { path: "it's", options: [], args: [{ words: ["a'b"] }], rest: false };
  const next = new Map([...words.next, ["it's", [{ word: "x", summary: "it's $(reboot) `x`" }]]]);
  const script = completionScript(shell, { ...words, commands: [...words.commands, enemy], next });
  for (const { path } of words.commands)
    expect(script).toMatch(new RegExp(`['\\s]${path.split(" ").at(-1)!}['\\s:]`, "u"));
  expect(script).not.toMatch(/[^\\']it's/u);
});
