import * as v from "valibot";
import { ParseError } from "../errors.ts";

/** One of our parsers as a step of a schema: its ParseError becomes an issue. */
export function parsedBy<In, Out>(parse: (input: In) => Out) {
  return v.rawTransform<In, Out>(({ dataset, addIssue, NEVER }) => {
    try {
      return parse(dataset.value);
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      addIssue({ message: error.message });
      return NEVER;
    }
  });
}
