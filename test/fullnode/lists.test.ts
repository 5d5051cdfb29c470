/** Lists in pages: no row twice, none left out, and a link from each page to the next. */
import { describe, expect, test } from "vitest";
import { pageAnswer, pageOf } from "../../src/api/page.ts";
import { ok, route } from "../../src/fullnode/api/route.ts";
import { routerOf } from "../../src/api/router.ts";

describe("pages", () => {
  const all = Array.from({ length: 25 }, (_, i) => i);
  const get = (url: string, size: number) => {
    const page = Number(new URL(url, "http://h").searchParams.get("page") ?? 0);
    const { offset, count } = pageOf(page, size);
    return pageAnswer(all.slice(offset, offset + count), { page, size, request: { method: "GET", url } });
  };

  test.each([1, 7, 12, 24, 25, 26, 100])("of %i rows: the links lead through all of them", (size) => {
    const seen: unknown[] = [];
    let url: string | undefined = "/v1/list?all=true";
    while (url !== undefined) {
      const { body, headers } = get(url, size);
      seen.push(...(body as number[]));
      url = /^<([^>]+)>; rel="next"$/u.exec(headers?.["link"] ?? "")?.[1];
      if (url !== undefined) expect(url).toMatch(/^\/v1\/list\?all=true&page=[0-9]+$/u);
    }
    expect(seen).toEqual(all);
  });

  test("behind the last there is nothing, and no link", () => {
    expect(get("/v1/list?page=9", 25)).toEqual({ status: 200, body: [] });
  });
});

describe("routes by their paths", () => {
  const paths = ["/a", "/a/:x", "/a/b", "/a/:x/c", "/a/b/d", "/:any/z"];
  const router = routerOf(paths.map((path) => route(path, {}, () => ok(path))));
  const found = (path: string) => router(path.split("/").filter((part) => part !== "")).map((each) => each.path);

  test.each([
    ["/a", "/a"],
    ["/a/b", "/a/b"],
    ["/a/q", "/a/:x"],
    ["/a/b/d", "/a/b/d"],
    ["/a/b/c", "/a/:x/c"],
    ["/q/z", "/:any/z"],
    ["/a/z", "/a/:x"],
  ])("%s is answered by %s", (path, wanted) => {
    expect(found(path)).toEqual([wanted]);
  });

  test.each(["", "/q", "/a/b/e", "/a/b/c/d", "/constructor", "/a/b/__proto__"])("%s by none", (path) => {
    expect(found(path)).toEqual([]);
  });
});
