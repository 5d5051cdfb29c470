import { expect, test } from "vitest";
import { differentNodes, type Lookup } from "../../src/lightnode/different-nodes.ts";

const ADDRESSES: Readonly<Record<string, readonly string[]>> = {
  "a.example": ["192.0.2.1", "192.0.2.2"],
  "also-a.example": ["192.0.2.2"],
  "b.example": ["192.0.2.3"],
  "local.example": ["127.0.0.1"],
  "silent.example": [],
};
const lookup: Lookup = (host) => Promise.resolve(ADDRESSES[host] ?? []);

async function counted(urls: readonly string[], by: Lookup | null = lookup) {
  const [first, ...rest] = urls.map((url) => ({ url }));
  const { nodes, doubles } = await differentNodes([first!, ...rest], by);
  return { nodes: nodes.map(({ url }) => url), doubles };
}

test("one machine under several names, ports or paths counts once, as the first of them", async () => {
  expect(
    await counted([
      "https://a.example",
      "https://also-a.example",
      "https://b.example",
      "https://A.example:8443/x",
      "http://192.0.2.3",
    ]),
  ).toEqual({
    nodes: ["https://a.example", "https://b.example"],
    doubles: [
      { url: "https://also-a.example", of: "https://a.example" },
      { url: "https://A.example:8443/x", of: "https://a.example" },
      { url: "http://192.0.2.3", of: "https://b.example" },
    ],
  });
});

test("on this machine it is the port that counts", async () => {
  expect(
    await counted(["http://127.0.0.1:1", "http://localhost:1", "http://[::1]:2", "http://local.example:2"]),
  ).toMatchObject({ nodes: ["http://127.0.0.1:1", "http://[::1]:2"] });
});

test("names that cannot be looked up, or may not be, are one machine only where they are equal", async () => {
  const urls = ["https://silent.example", "https://unknown.example", "https://silent.example/v2"];
  expect(await counted(urls)).toMatchObject({ nodes: urls.slice(0, 2) });
  const through = ["https://a.example", "https://also-a.example", "https://a.example"];
  expect(await counted(through, null)).toMatchObject({ nodes: through.slice(0, 2) });
});
