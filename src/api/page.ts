/** Lists in pieces: every list has a limit, and says where the next piece is. */
import { type ApiRequest, type ApiResponse, type Json, ok } from "./route.ts";

/** Which part of a list is wanted. */
export interface Page {
  readonly offset: number;
  readonly count: number;
}

/** Rows of a list that clients of the original know without pages; they see no second one of a real address or block. */
export const ROWS_PER_PAGE = 1000;

/** The rows of a page, and one more that tells whether there is a next. */
export function pageOf(page: number, size: number): Page {
  return { offset: page * size, count: size + 1 };
}

/**
 * The page as an answer. `rows` are those that `pageOf` asked for; where there are more than fit, a `Link` header with
 * relation "next" (RFC 8288) names the next page.
 */
export function pageAnswer<T>(
  rows: readonly T[],
  { page, size, request }: { readonly page: number; readonly size: number; readonly request: ApiRequest },
  body: (rows: readonly T[]) => Json = (all) => all as readonly Json[],
): ApiResponse {
  const answer = ok(body(rows.slice(0, size)));
  if (rows.length <= size) return answer;
  const [path = "", query = ""] = request.url.split("?", 2);
  const variables = new URLSearchParams(query);
  variables.set("page", String(page + 1));
  return { ...answer, headers: { link: `<${path}?${variables.toString()}>; rel="next"` } };
}
