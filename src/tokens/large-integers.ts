/** A string, or a whole number that may have more digits than a double keeps. */
const STRING_OR_LARGE = /"[^"\\]*(?:\\.[^"\\]*)*"|(?<![-+.\w])[0-9]{16,}(?![.\w])/gu;

/**
 * A JSON value whose large whole numbers are texts of their digits: amounts of tokens go beyond what a double can hold.
 * @throws SyntaxError unless the text is JSON.
 */
export function withLargeIntegers(text: string): unknown {
  return JSON.parse(
    text.replaceAll(STRING_OR_LARGE, (found) =>
      found.startsWith('"') || Number.isSafeInteger(Number(found)) ? found : `"${found}"`,
    ),
  );
}
