/** Building blocks of man pages in mdoc(7). */

/** Longest line of the source: mandoc warns above 80 bytes. */
const LINE = 78;

/** Text lines: escaped, one sentence on a line of its own, wrapped. */
export function paragraph(text: string): string {
  return text
    .split(/(?<=[.;:?!]) (?=[A-Z])/u)
    .flatMap((sentence) => wrap(escape(sentence)))
    .join("\n");
}

/** `.Ss`, `.Sh`: a heading, in capitals by convention of the caller. */
export function section(title: string, ...lines: readonly string[]): string {
  return [`.Sh ${title}`, ...lines].join("\n");
}

/** A list of terms; a term is the arguments of `.It`, macros included. */
export function terms(items: readonly (readonly [term: string, text: string])[]): string {
  return [".Bl -tag -width Ds", ...items.map(([term, text]) => `.It ${term}\n${paragraph(text)}`), ".El"].join("\n");
}

/** Text for a macro line or a text line: backslashes and hyphens as they are, no leading dot. */
export function escape(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll('"', "\\(dq")
    .replace(/^([.'])/u, "\\&$1");
}

/** A literal block, as examples are shown. */
export function literal(...lines: readonly string[]): string {
  return [".Bd -literal -offset indent", ...lines.map(escape), ".Ed"].join("\n");
}

/** The first lines of a page; date as "November 20, 2026". */
export function pageHead(title: string, chapter: number, date: string): string {
  return [`.Dd ${date}`, `.Dt ${title.toUpperCase()} ${chapter}`, ".Os"].join("\n");
}

function wrap(text: string): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + word.length >= LINE) {
      lines.push(line);
      line = "";
    }
    // A word that starts a line must not look like a macro.
    line = line === "" ? word.replace(/^([.'])/u, "\\&$1") : `${line} ${word}`;
  }
  return [...lines, line];
}
