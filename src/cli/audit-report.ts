/** The findings of an audit as they are written, one by one: for people, for scripts, for a browser. */
import type { AuditCount, Finding } from "../lightnode/audit.ts";

export const REPORT_FORMATS = ["table", "jsonl", "csv", "html"] as const;

export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** Text to print before the first finding, for each, and behind the last; null: nothing. */
export interface Report {
  readonly head: string | null;
  row(finding: Finding): string;
  foot(count: AuditCount): string | null;
}

const COLUMNS = [
  "line",
  "verdict",
  "subject",
  "level",
  "state",
  "owner",
  "zonefileHash",
  "expires",
  "because",
] as const;

/** `title` stands over a page. */
export function reportOf(format: ReportFormat, title: string): Report {
  switch (format) {
    case "table":
      return tableReport();
    case "jsonl":
      return { head: null, row: (finding) => JSON.stringify(finding), foot: () => null };
    case "csv":
      return {
        head: COLUMNS.join(","),
        row: (finding) => COLUMNS.map((column) => csvCell(cell(finding, column))).join(","),
        foot: () => null,
      };
    case "html":
      return htmlReport(title);
  }
}

const cell = (finding: Finding, column: (typeof COLUMNS)[number]): string => String(finding[column] ?? "");

/** Written before the last one is known: widths are those of the longest name and verdict. */
const WIDTHS = { line: 6, verdict: 9, subject: 37, level: 8 } as const;

function tableReport(): Report {
  const line = (cells: readonly string[]): string =>
    Object.values(WIDTHS)
      .map((width, i) => (cells[i] ?? "").padEnd(width))
      .concat(cells.slice(4).join(" "))
      .join("  ")
      .trimEnd();
  return {
    head: line(["line", "verdict", "subject", "level", "found"]),
    row: (finding) => {
      const { verdict, because, owner, state } = finding;
      const told = because !== "" ? because : [state, owner].filter((each) => each !== null).join(" ");
      return line([cell(finding, "line"), verdict, finding.subject, cell(finding, "level"), told]);
    },
    foot: (count) => `\n${countWords(count)}`,
  };
}

export function countWords(count: AuditCount): string {
  const bad = count["bad-line"] === 0 ? "" : `, ${count["bad-line"]} lines that are no claim`;
  return `${count.confirmed} confirmed, ${count.refuted} refuted, ${count.unproven} unproven${bad}`;
}

/** A cell that a spreadsheet would take for a formula is quoted as text. */
function csvCell(text: string): string {
  const safe = /^[=+\-@\t]/u.test(text) ? `'${text}` : text;
  return /[",\r\n]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const escaped = (text: string): string => text.replace(/[&<>"']/gu, (character) => ESCAPES[character] ?? "");

const PAGE_STYLE =
  "body{font:14px system-ui;margin:2em}td,th{padding:.2em .8em;text-align:left;font-family:monospace}.refuted td{background:#fdd}.unproven td,.bad-line td{background:#ffd}";

function htmlReport(title: string): Report {
  const row = (cells: readonly string[], tag: string): string =>
    cells.map((text) => `<${tag}>${escaped(text)}</${tag}>`).join("");
  return {
    head: `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escaped(title)}</title><style>${PAGE_STYLE}</style><h1>${escaped(title)}</h1><table><tr>${row(COLUMNS, "th")}</tr>`,
    row: (finding) =>
      `<tr class="${finding.verdict}">${row(
        COLUMNS.map((column) => cell(finding, column)),
        "td",
      )}</tr>`,
    foot: (count) => `</table><p>${escaped(countWords(count))}</p></html>`,
  };
}
