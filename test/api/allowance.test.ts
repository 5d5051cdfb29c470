/** Who a request counts for, and how much one client may ask. */
import { describe, expect, test } from "vitest";
import { Allowances } from "../../src/api/allowance.ts";
import { clientOf, THIS_MACHINE } from "../../src/api/client.ts";

describe("whose request it is", () => {
  const proxies = new Set(["10.0.0.1", "127.0.0.1"]);
  test.each<[string, string | undefined, string | undefined, string]>([
    ["a stranger", "203.0.113.7", undefined, "203.0.113.7"],
    ["a stranger who says that he is another", "203.0.113.7", "198.51.100.1", "203.0.113.7"],
    ["IPv4 in IPv6 clothes", "::ffff:203.0.113.7", undefined, "203.0.113.7"],
    ["behind our proxy", "10.0.0.1", "198.51.100.1", "198.51.100.1"],
    [
      "behind it, with a tale of his own: the proxy's word is the last",
      "10.0.0.1",
      "1.1.1.1, 198.51.100.1",
      "198.51.100.1",
    ],
    ["behind two of ours", "10.0.0.1", "198.51.100.1, 127.0.0.1", "198.51.100.1"],
    ["behind a proxy that says nothing", "10.0.0.1", undefined, "10.0.0.1"],
    ["behind a proxy that says nonsense", "10.0.0.1", "unknown, for=me", "10.0.0.1"],
    ["this machine", "127.0.0.1", undefined, THIS_MACHINE],
    ["this machine over IPv6", "::1", undefined, THIS_MACHINE],
    ["a proxy on this machine", "::ffff:127.0.0.1", "198.51.100.1", "198.51.100.1"],
    ["IPv6: a whole /64 is one", "2001:db8:0:1:aaaa:bbbb:cccc:dddd", undefined, "2001:db8:0:1::/64"],
    ["IPv6, shortened: the same one", "2001:0DB8::1:0:0:0:2", undefined, "2001:db8:0:1::/64"],
    ["IPv6 with a zone", "fe80::1%eth0", undefined, "fe80:0:0:0::/64"],
    ["a connection that is gone", undefined, undefined, "::/64"],
  ])("%s", (_, remote, forwarded, client) => {
    expect(clientOf(remote, forwarded, proxies)).toBe(client);
  });
});

describe("allowances", () => {
  test("a full purse at once, then as much as comes back", () => {
    const allowances = new Allowances(10, 5);
    for (let i = 0; i < 5; i++) expect(allowances.take("a", 1, 0)).toBe(0);
    expect(allowances.take("a", 1, 0)).toBe(1);
    expect(allowances.take("b", 1, 0)).toBe(0);
    expect(allowances.take("a", 1, 99)).toBe(1);
    expect(allowances.take("a", 1, 100)).toBe(0);
    expect(allowances.take("a", 1, 100)).toBe(1);
    for (let i = 0; i < 5; i++) expect(allowances.take("a", 1, 60_000)).toBe(0);
    expect(allowances.take("a", 1, 60_000)).toBe(1);
  });

  test("the wait that is told is enough", () => {
    const allowances = new Allowances(2, 10);
    expect(allowances.take("a", 10, 0)).toBe(0);
    const seconds = allowances.take("a", 7, 0);
    expect(seconds).toBe(4);
    expect(allowances.take("a", 7, (seconds - 1) * 1000)).toBeGreaterThan(0);
    expect(allowances.take("a", 7, seconds * 1000)).toBe(0);
  });

  test("what costs more than any purse holds is not refused for ever", () => {
    const allowances = new Allowances(1, 5);
    expect(allowances.take("a", 20, 0)).toBe(0);
    expect(allowances.take("a", 20, 4000)).toBe(1);
    expect(allowances.take("a", 20, 5000)).toBe(0);
  });

  test("a clock that goes back gives nothing", () => {
    const allowances = new Allowances(1000, 1);
    expect(allowances.take("a", 1, 1000)).toBe(0);
    expect(allowances.take("a", 1, 0)).toBe(1);
  });

  test("many clients do not make it grow: who asked longest ago is forgotten", () => {
    const allowances = new Allowances(1, 1);
    expect(allowances.take("first", 1, 0)).toBe(0);
    for (let i = 0; i < 9_999; i++) allowances.take(`c${i}`, 1, 0);
    expect(allowances.take("first", 1, 0)).toBe(1); // is the newest now
    for (let i = 0; i < 9_999; i++) allowances.take(`d${i}`, 1, 0);
    expect(allowances.take("first", 1, 0)).toBe(1);
    for (let i = 0; i < 10_000; i++) allowances.take(`e${i}`, 1, 0);
    expect(allowances.take("first", 1, 0)).toBe(0);
  });
});
