/** Claims of a text that is read line by line: plain lines, CSV with a header, JSON lines, or one JSON array. */
import { ParseError } from "../errors.ts";
import { CLAIM_FIELDS, type ClaimFields, fieldsOfWords } from "./claim.ts";

/** The fields of a claim with the number of its line (of its entry, in an array), or why there are none. */
export type ClaimLine =
  { readonly line: number; readonly fields: ClaimFields } | { readonly line: number; readonly because: string };

/** An array is read whole before its first entry is. */
const LONGEST_ARRAY = 64 * 1024 * 1024;

type Reader = (line: string) => ClaimFields;

/** Its form is that of the first line that is not empty. Lines that start with "#" are left out, but in JSON. */
export async function* claimLines(lines: AsyncIterable<string>): AsyncGenerator<ClaimLine> {
  let read: Reader | null = null;
  let array: string[] | null = null;
  let arrayed = 0;
  let number = 0;
  for await (const line of lines) {
    number++;
    if (array !== null) {
      if ((arrayed += line.length) > LONGEST_ARRAY)
        throw new ParseError(`a JSON array of more than ${LONGEST_ARRAY} characters`);
      array.push(line);
      continue;
    }
    if (line.trim() === "" || line.startsWith("#")) continue;
    if (read === null) {
      if (line.trimStart().startsWith("[")) {
        array = [line];
        continue;
      }
      if (line.trimStart().startsWith("{")) read = fieldsOfJson;
      else if (isHeader(line)) {
        read = csvReader(line);
        continue;
      } else read = fieldsOfWords;
    }
    yield claimLine(number, () => read?.(line) ?? {});
  }
  if (array !== null) yield* entriesOf(array.join("\n"));
}

function claimLine(line: number, read: () => ClaimFields): ClaimLine {
  try {
    return { line, fields: read() };
  } catch (error) {
    if (error instanceof ParseError) return { line, because: error.message };
    throw error;
  }
}

function* entriesOf(text: string): Generator<ClaimLine> {
  let entries: unknown;
  try {
    entries = JSON.parse(text);
  } catch {
    throw new ParseError("it starts like a JSON array and is none");
  }
  for (const [i, entry] of (entries as unknown[]).entries()) yield claimLine(i + 1, () => fieldsOfValue(entry));
}

function fieldsOfJson(line: string): ClaimFields {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new ParseError("no JSON");
  }
  return fieldsOfValue(value);
}

function fieldsOfValue(value: unknown): ClaimFields {
  if (typeof value === "string") return fieldsOfWords(value);
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new ParseError("no JSON object");
  const wrong = Object.entries(value).find(([, field]) => typeof field !== "string" && field !== null);
  if (wrong !== undefined) throw new ParseError(`"${wrong[0]}" is no text`);
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, (field as string | null) ?? ""]));
}

/** A CSV starts with its columns, one of which at least is a claim's. */
function isHeader(line: string): boolean {
  const columns = cellsOf(line);
  return columns.length > 0 && columns.every((column) => CLAIM_FIELDS.some((field) => field === column.trim()));
}

function csvReader(header: string): Reader {
  const columns = cellsOf(header).map((column) => column.trim());
  return (line) => {
    const cells = cellsOf(line);
    if (cells.length !== columns.length)
      throw new ParseError(`${cells.length} cells, where there are ${columns.length} columns`);
    return Object.fromEntries(columns.map((column, i) => [column, (cells[i] ?? "").trim()]));
  };
}

/** Cells of one line (RFC 4180, without line feeds inside of quotes). @throws ParseError on a quote that is not closed */
function cellsOf(line: string): string[] {
  const cells: string[] = [];
  let rest = `${line.replace(/\r$/u, "")},`;
  while (rest !== "") {
    const [whole, quoted, plain] = /^(?:"((?:[^"]|"")*)"|([^",]*)),/u.exec(rest) ?? [];
    if (whole === undefined) throw new ParseError("a quote that is not closed, or text behind one");
    cells.push(quoted === undefined ? (plain ?? "") : quoted.replaceAll('""', '"'));
    rest = rest.slice(whole.length);
  }
  return cells;
}
