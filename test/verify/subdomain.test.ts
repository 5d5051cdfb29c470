/** Subdomain records against the original: what it read, what it signs, which signatures it took, what may follow what. */
import { secp256k1 } from "@noble/curves/secp256k1.js";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeBase64 } from "../../src/encoding/base64.ts";
import { decodePythonBase64 } from "../../src/encoding/python-base64.ts";
import { encodeBase58Check } from "../../src/encoding/base58check.ts";
import { concat, fromLatin1, fromUtf8, toHex } from "../../src/primitives/bytes.ts";
import { hash160, sha256 } from "../../src/primitives/digest.ts";
import { name, type SubdomainName } from "../../src/primitives/name.ts";
import {
  acceptedRecords,
  isInitial,
  isSignedBy,
  isSuccessor,
  type PlacedSubdomain,
} from "../../src/verify/subdomain.ts";
import { isIndependent, type SubdomainRecord, subdomainsIn, textToSign } from "../../src/zonefile/subdomain-record.ts";
import { readVectors } from "../support/vectors.ts";

interface Vector {
  readonly note: string;
  readonly zonefile: string | null;
  readonly subdomains:
    | null
    | readonly {
        readonly checkInitial: boolean;
        readonly independent: boolean;
        readonly missing: readonly number[];
        readonly plaintextToSign: string;
        readonly sig: string;
        readonly verify: Readonly<Record<string, boolean | object>>;
        readonly json: {
          readonly address: string;
          readonly name: string;
          readonly sequence: number;
          readonly value_hash: string;
          readonly zonefile: string;
          readonly resolver?: string;
        };
      }[];
}

const vectors = readVectors("zonefiles.json") as {
  readonly domain: string;
  readonly zonefiles: readonly Vector[];
  readonly transitions: readonly {
    readonly note: string;
    readonly accepted: boolean;
    readonly existing: string;
    readonly existingDomain: string;
    readonly new: string;
    readonly newDomain: string;
  }[];
};

const read = (text: string, domain = vectors.domain) => subdomainsIn(fromLatin1(text), name(domain));

describe.each(vectors.zonefiles.map((vector) => [vector.note, vector] as const))("vector: %s", (_, vector) => {
  const found = read(vector.zonefile ?? "");

  test("the same records", () => {
    if (vector.subdomains === null) {
      expect(found).toBeNull();
      return;
    }
    expect(
      found?.records.map((record) => ({
        address: record.owner,
        name: record.name,
        sequence: record.sequence,
        value_hash: toHex(hash160(record.zonefile)),
        zonefile: encodeBase64(record.zonefile),
        missing: found.missing,
        resolver: found.resolver ?? undefined,
        checkInitial: isInitial(record),
        independent: isIndependent(record),
        plaintextToSign: textToSign(record),
      })),
    ).toEqual(
      vector.subdomains.map(({ json, missing, checkInitial, independent, plaintextToSign }) => ({
        address: json.address,
        name: json.name,
        sequence: json.sequence,
        value_hash: json.value_hash,
        zonefile: json.zonefile,
        missing,
        resolver: json.resolver,
        checkInitial,
        independent,
        plaintextToSign,
      })),
    );
  });

  test("the same signatures hold", () => {
    for (const [i, { verify }] of (vector.subdomains ?? []).entries()) {
      const record = found!.records[i]!;
      for (const [address, verdict] of Object.entries(verify)) {
        // Where the original raised, nothing was signed either.
        expect(isSignedBy(record, address)).toBe(verdict === true);
      }
    }
  });
});

test.each(vectors.transitions.map((each) => [each.note, each] as const))("transition: %s", (_, each) => {
  const [before] = read(each.existing, each.existingDomain)!.records;
  const [next] = read(each.new, each.newDomain)!.records;
  expect(isSuccessor(before!, next!, isSignedBy)).toBe(each.accepted);
});

/** Bytes of the redeem script of three keys, which stands last. */
const REDEEM_SCRIPT = 105;

test("a signature of several keys: one byte of it, of the text or of the script changed, and it does not hold", () => {
  const vector = vectors.zonefiles.find(({ note }) => note === "multisig owner")!;
  const [record] = read(vector.zonefile!)!.records;
  const { owner } = record!;
  expect(isSignedBy(record!, owner)).toBe(true);
  const bytes = decodePythonBase64(record!.signature!);
  fc.assert(
    fc.property(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const damaged = Uint8Array.from(bytes, (byte, i) => (i === at ? byte ^ flip : byte));
      // The first push is a placeholder that nobody reads, and a push may say that it is longer than what is left.
      const unread = at === 0 || at === bytes.length - REDEEM_SCRIPT - 1 || at === bytes.length - REDEEM_SCRIPT - 2;
      if (!unread) expect(isSignedBy({ ...record!, signature: encodeBase64(damaged) }, owner)).toBe(false);
    }),
    { numRuns: 60 },
  );
  expect(isSignedBy({ ...record!, sequence: 1 }, owner)).toBe(false);
  expect(isSignedBy({ ...record!, zonefile: fromUtf8("x") }, owner)).toBe(false);
  expect(isSignedBy({ ...record!, owner: vectors.domain }, owner)).toBe(false);
  expect(isSignedBy(record!, "no address")).toBe(false);
});

// A key of these tests' own, to make histories that the vectors do not have.
const key = sha256(fromUtf8("a key"));
const publicKey = secp256k1.getPublicKey(key, true);
const owner = encodeBase58Check(111, hash160(publicKey));

function signed(of: SubdomainRecord): SubdomainRecord {
  const signature = secp256k1.sign(sha256(fromLatin1(textToSign(of))), key, { prehash: false });
  return { ...of, signature: encodeBase64(concat(Uint8Array.of(64), signature, Uint8Array.of(33), publicKey)) };
}

const placed = (sequence: number, position: number, change: Partial<SubdomainRecord> = {}): PlacedSubdomain => ({
  ...signed({
    name: "a.b.id" as SubdomainName,
    domain: name("b.id"),
    owner,
    sequence,
    zonefile: fromUtf8(String(position)),
    signature: null,
    offset: 0,
    ...change,
  }),
  position,
});
const counted = (...records: readonly PlacedSubdomain[]) =>
  acceptedRecords(records, isSignedBy).map(({ sequence, position }) => [sequence, position]);
const elsewhere = { domain: name("other.id") };

describe("histories", () => {
  test("a chain of signed updates, in whatever order they are known", () => {
    const [made, once, twice] = [placed(0, 1), placed(1, 5, elsewhere), placed(2, 9)];
    for (const order of [
      [made, once, twice],
      [twice, made, once],
      [once, twice, made],
    ]) {
      expect(counted(...order)).toEqual([[0, 1], [1, 5], [2, 9]]); // prettier-ignore
    }
  });

  test("an update that is missing stops what comes after it", () => {
    expect(counted(placed(0, 1), placed(2, 9))).toEqual([[0, 1]]);
  });

  test("one of two updates with a number counts: the earlier one", () => {
    expect(counted(placed(0, 1), placed(1, 5), placed(1, 6), placed(2, 7))).toEqual([[0, 1], [1, 5], [2, 7]]); // prettier-ignore
  });

  test("an unsigned update is passed over", () => {
    const unsigned = { ...placed(1, 5), signature: null };
    expect(counted(placed(0, 1), unsigned, placed(1, 6))).toEqual([[0, 1], [1, 6]]); // prettier-ignore
  });

  test("another domain changes no owner", () => {
    const stranger = encodeBase58Check(111, new Uint8Array(20));
    expect(counted(placed(0, 1), placed(1, 5, { ...elsewhere, owner: stranger }))).toEqual([[0, 1]]);
    expect(counted(placed(0, 1), placed(1, 5, { owner: stranger }), placed(2, 6))).toEqual([[0, 1], [1, 5]]); // prettier-ignore
  });

  test("whoever is first may spoil a subdomain that is not made yet, as in the original", () => {
    expect(counted(placed(0, 1, elsewhere), placed(0, 2))).toEqual([]);
    expect(counted(placed(0, 1), placed(0, 2, elsewhere), placed(1, 3))).toEqual([[0, 1], [1, 3]]); // prettier-ignore
  });

  test("an update before the creation counts for nothing until a later record brings it up", () => {
    expect(counted(placed(0, 5), placed(1, 3))).toEqual([[0, 5]]);
    expect(counted(placed(0, 5), placed(1, 3), placed(1, 7))).toEqual([[0, 5], [1, 3]]); // prettier-ignore
  });
});

describe("records", () => {
  const HEAD = "$ORIGIN b.id\n$TTL 60\n";
  const carried = (line: string) => subdomainsIn(fromUtf8(HEAD + line), name("b.id"))?.records.map((of) => of.name);
  const RECORD = 'TXT "owner=x" "seqn=0" "parts=0"';

  test.each([
    ["a leaf", `a ${RECORD}`, ["a.b.id"]],
    ["a whole name", `a.c.id ${RECORD}`, ["a.c.id"]],
    ["reserved names", `_missing ${RECORD}\n_resolver ${RECORD}\n_registrar ${RECORD}`, []],
    ["two labels", `a.b ${RECORD}`, []],
    ["a key twice", 'a TXT "owner=x" "seqn=0" "parts=0" "seqn=1"', []],
    ["a number below 0", 'a TXT "owner=x" "seqn=-1" "parts=0"', []],
    ["a number beyond what can be counted", 'a TXT "owner=x" "seqn=99999999999999999999" "parts=0"', []],
    ["something without =", 'a TXT "owner=x" "seqn=0" "parts=0" "note"', undefined],
    ["a piece that is missing", 'a TXT "owner=x" "seqn=0" "parts=1"', undefined],
    ["no base64", 'a TXT "owner=x" "seqn=0" "parts=1" "zf0=a"', undefined],
    ["more pieces than anybody has", 'a TXT "owner=x" "seqn=0" "parts=999999999999"', undefined],
  ])("%s", (_, line, names) => {
    expect(carried(`${line}\n`)).toEqual(names);
  });
});

test("base64 reads what it writes, and passes over what is none", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      expect(encodeBase64(bytes)).toBe(Buffer.from(bytes).toString("base64"));
      expect(decodePythonBase64(encodeBase64(bytes))).toEqual(bytes);
      expect(decodePythonBase64(`*\n${encodeBase64(bytes).split("").join(" ")}é`)).toEqual(bytes);
    }),
  );
  expect(() => decodePythonBase64("YQ")).toThrow("padding");
  expect(() => decodePythonBase64("YQ=")).toThrow("padding");
  expect(decodePythonBase64("=YQ==tail")).toEqual(fromUtf8("a"));
});
