/** Names in a zone file: labels of 1 to 63 octets, together 255 at most with their lengths (RFC 1035 §2.3.4). */
import { decimalEscape, octetsOf, type Token } from "./tokens.ts";
import { ZonefileError } from "./zonefile-error.ts";

export interface DomainName {
  /** Octets as characters; none: the root, or the origin itself. */
  readonly labels: readonly string[];
  /** It ends with a dot. */
  readonly absolute: boolean;
}

const MAX_LABEL = 63;
const MAX_NAME = 255;

/** The name that a word stands for; `@` is the origin. @throws ZonefileError `bad-name` */
export function readDomainName(token: Token): DomainName {
  const { raw, quoted } = token;
  if (quoted || raw === "") throw new ZonefileError("bad-name", token, `not a name: "${raw}"`);
  if (raw === "@") return { labels: [], absolute: false };
  if (raw === ".") return { labels: [], absolute: true };
  const labels: string[] = [];
  let from = 0;
  for (let at = 0; at < raw.length; at++) {
    if (raw[at] === "\\") at++;
    else if (raw[at] === ".") {
      labels.push(octetsOf({ raw: raw.slice(from, at) }));
      from = at + 1;
    }
  }
  const absolute = from === raw.length;
  if (!absolute) labels.push(octetsOf({ raw: raw.slice(from) }));
  const name = { labels, absolute };
  const wrong = flawOf(name);
  if (wrong !== null) throw new ZonefileError("bad-name", token, `${wrong}: "${raw}"`);
  return name;
}

function flawOf({ labels }: DomainName): string | null {
  if (labels.includes("")) return "a name with an empty label";
  if (labels.some((label) => label.length > MAX_LABEL)) return `a label of more than ${MAX_LABEL} octets`;
  const length = labels.reduce((sum, label) => sum + label.length + 1, 1);
  return length > MAX_NAME ? `a name of ${length} octets, and ${MAX_NAME} are the most` : null;
}

/** The absolute name where the origin is known, else the name as it is. @throws ZonefileError where it gets too long */
export function absoluteName(of: DomainName, origin: DomainName | null, token: Token): DomainName {
  if (of.absolute || origin === null) return of;
  const whole = { labels: [...of.labels, ...origin.labels], absolute: true };
  const wrong = flawOf(whole);
  if (wrong !== null) throw new ZonefileError("bad-name", token, `${wrong}, its origin included: "${token.raw}"`);
  return whole;
}

const lower = (label: string): string => label.replace(/[A-Z]/gu, (letter) => letter.toLowerCase());

/** The shortest text for a name under an origin: `@`, `www`, or the whole with its final dot. */
export function nameText(of: DomainName, origin: DomainName | null): string {
  const { labels, absolute } = of;
  const text = labels.map(labelText).join(".");
  if (!absolute) return labels.length === 0 ? "@" : text;
  const above = labels.length - (origin?.labels.length ?? Infinity);
  const below =
    origin !== null && above >= 0 && origin.labels.every((label, i) => lower(label) === lower(labels[above + i] ?? ""));
  if (!below) return `${text}.`;
  return above === 0 ? "@" : labels.slice(0, above).map(labelText).join(".");
}

/** The label as it is written: dots and signs with a meaning of their own escaped. */
function labelText(label: string): string {
  return label.replace(/[".;\\()@$]|[^!-~]/gu, (character) =>
    /[".;\\()@$]/u.test(character) ? `\\${character}` : decimalEscape(character),
  );
}
