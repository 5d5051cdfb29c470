/**
 * The original's tokenizer for zone files (Python `blockstack_zones`), with all that it loses: nodes agreed on what it
 * made of a file, not on what the standard says (spec 06 §3.2). Text is octets as characters.
 */

/** Python's `str.isspace` of one byte. */
const isSpace = (character: string): boolean => /^[\t-\r ]$/u.test(character);

/** Words of one line. A backslash is dropped, `;` ends the line also between quotes, a quote that stays open is taken. */
export function originalTokens(line: string): string[] {
  const tokens: string[] = [];
  let escaped = false;
  let quoted = false;
  let word = "";
  for (const character of line) {
    if (isSpace(character)) {
      if (quoted) word += character;
      else if (escaped) {
        word += character;
        escaped = false;
      } else {
        if (word !== "") tokens.push(word);
        word = "";
      }
      continue;
    }
    if (character === "\\") {
      escaped = true;
      continue;
    }
    if (character === '"' && !escaped) {
      if (quoted) {
        tokens.push(word);
        word = "";
      }
      quoted = !quoted;
      continue;
    }
    if (character === ";" && !escaped) {
      tokens.push(word);
      word = "";
      break;
    }
    word += character;
    escaped = false;
  }
  if (/[^ \n]/u.test(word)) tokens.push(word);
  return tokens;
}

/** Words as one line again, as it was between the passes. */
function serialized(tokens: readonly string[]): string {
  return tokens.map((word) => (word.includes(" ") ? `"${word}"` : word).replaceAll(";", "\\;")).join(" ");
}

const linesOf = (text: string): string[] => text.split("\n");

/** What stands between parentheses is one line; words lose them, quoted or not. */
function flattened(text: string): string {
  const lines: string[] = [];
  let line: string[] = [];
  let inside = false;
  for (const each of linesOf(text)) {
    if (each === "") continue;
    for (let word of each.replaceAll("\t", " ").split(" ")) {
      if (word === "") continue;
      if (word.startsWith("(")) {
        word = word.replace(/^\(+/u, "");
        inside = true;
      }
      if (inside && word.endsWith(")")) {
        word = word.replace(/\)+$/u, "");
        inside = false;
      }
      line.push(word);
    }
    if (inside || line.length === 0) continue;
    lines.push(line.join(" "));
    line = [];
  }
  return lines.join("\n");
}

/** The first class among the words is dropped, wherever it stands; null where it is in lower case, which raised. */
function withoutClass(tokens: readonly string[]): string[] | null {
  const upper = tokens.map((word) => word.replace(/[a-z]/gu, (letter) => letter.toUpperCase()));
  const found = ["IN", "CS", "CH", "HS"].find((name) => upper.includes(name));
  if (found === undefined) return [...tokens];
  const at = tokens.indexOf(found);
  return at < 0 ? null : tokens.filter((_, i) => i !== at);
}

/** All lines of a file as words, after the original's passes; null where one of them raised. */
export function originalLines(text: string, types: ReadonlySet<string>): readonly (readonly string[])[] | null {
  const plain = linesOf(text)
    .filter((line) => line !== "")
    .map((line) => serialized(originalTokens(line)))
    .join("\n");
  const lines: string[] = [];
  for (const line of linesOf(flattened(plain))) {
    const tokens = withoutClass(originalTokens(line));
    if (tokens === null) return null;
    lines.push(serialized(tokens));
  }
  return lines
    .map(originalTokens)
    .filter((tokens) => tokens.length > 0)
    .map((tokens) => {
      const [head = ""] = tokens;
      return originalTokens(serialized(types.has(head) && !head.startsWith("$") ? ["@", ...tokens] : tokens));
    });
}
