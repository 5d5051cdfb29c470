/** Claims out of lines, CSV and JSON: what is one, and what is told of what is none. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ParseError } from "../../src/errors.ts";
import { claimLines } from "../../src/lightnode/claim-lines.ts";
import { claimOf } from "../../src/lightnode/claim.ts";
import { REGTEST } from "../support/fake-node.ts";

const OWNER = "mp1GB7591hsXnEbyUS8LBPHxkcrkpu1KUQ";
const HASH = "af5c5cae72fd30ef9baf93bc8c912ac6f6dd3f5d";

async function read(text: string) {
  const all = [];
  const lines = async function* () {
    for (const line of text.split("\n")) yield await Promise.resolve(line);
  };
  for await (const line of claimLines(lines())) all.push(line);
  return all;
}

describe("forms", () => {
  test("plain lines, with comments and empty ones left out and their numbers kept", async () => {
    expect(
      await read(`# members\n\nalice.id\nbob.id ${OWNER}\ncarol.id revoked\n${OWNER}\nproofs/dan.proof\neve.proof`),
    ).toEqual([
      { line: 3, fields: { name: "alice.id" } },
      { line: 4, fields: { name: "bob.id", owner: OWNER } },
      { line: 5, fields: { name: "carol.id", state: "revoked" } },
      { line: 6, fields: { owner: OWNER } },
      { line: 7, fields: { proof: "proofs/dan.proof" } },
      { line: 8, fields: { proof: "eve.proof" } },
    ]);
  });

  test("CSV by its header, with quotes and line ends of other systems", async () => {
    expect(await read('owner,name,zonefile\r\n,alice.id,"a ""b"",c"\r\nx\r\n"open,b.id,\r\n')).toEqual([
      { line: 2, fields: { owner: "", name: "alice.id", zonefile: 'a "b",c' } },
      { line: 3, because: "1 cells, where there are 3 columns" },
      { line: 4, because: expect.stringContaining("quote") },
    ]);
  });

  test("JSON lines and an array, which numbers its entries", async () => {
    expect(await read('{"name":"a.id"}\nno json\n{"name":1}')).toEqual([
      { line: 1, fields: { name: "a.id" } },
      { line: 2, because: "no JSON" },
      { line: 3, because: '"name" is no text' },
    ]);
    expect(await read('[\n {"name":"a.id","owner":null},\n "b.id absent",\n 7\n]')).toEqual([
      { line: 1, fields: { name: "a.id", owner: "" } },
      { line: 2, fields: { name: "b.id", state: "absent" } },
      { line: 3, because: "no JSON object" },
    ]);
    await expect(read("[1,")).rejects.toThrow(ParseError);
  });

  test("any text at all: each line makes a claim or says why not", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 200 }), async (text) => {
        try {
          for (const line of await read(text)) {
            if ("because" in line) continue;
            try {
              claimOf(line.fields, REGTEST.bitcoin);
            } catch (error) {
              expect(error).toBeInstanceOf(ParseError);
            }
          }
        } catch (error) {
          expect(error).toBeInstanceOf(ParseError);
        }
      }),
    );
  });
});

describe("a claim", () => {
  const of = (fields: Readonly<Record<string, string>>) => claimOf(fields, REGTEST.bitcoin);

  test("of a name, an address, a proof", () => {
    expect(of({ name: "alice.id", owner: OWNER, zonefileHash: HASH, zonefile: "" })).toEqual({
      kind: "name",
      name: "alice.id",
      state: "registered",
      owner: OWNER,
      zonefileHash: HASH,
      zonefile: null,
    });
    expect(of({ owner: OWNER })).toEqual({ kind: "address", owner: OWNER });
    expect(of({ proof: "a.proof", owner: OWNER })).toEqual({
      kind: "proof",
      path: "a.proof",
      name: null,
      owner: OWNER,
    });
  });

  test("that is none", () => {
    for (const wrong of [
      {},
      { name: "ALICE.id" },
      { name: "alice.id", owner: "nobody" },
      { name: "alice.id", owner: "1111111111111111111114oLvT2" },
      { name: "alice.id", state: "gone" },
      { name: "alice.id", state: "absent", owner: OWNER },
      { name: "alice.id", zonefileHash: "00" },
      { name: "alice.id", colour: "red" },
      { owner: OWNER, state: "absent" },
      { proof: "a.proof", state: "absent" },
    ] as Readonly<Record<string, string>>[]) {
      expect(() => of(wrong), JSON.stringify(wrong)).toThrow(ParseError);
    }
  });
});
