/** IP addresses as text: read strictly, written in one form (RFC 4291 §2.2, RFC 5952). */

/** The four bytes of `192.0.2.1`; null where it is none. Leading zeros are refused: some read them as octal. */
export function ipv4Bytes(text: string): readonly number[] | null {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9][0-9]{0,2})$/u.test(part))) return null;
  const bytes = parts.map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes : null;
}

/** The eight groups of an IPv6 address; null where it is none. */
function ipv6Groups(text: string): readonly number[] | null {
  const sides = text.split("::");
  if (sides.length > 2) return null;
  const [head, tail] = sides.map((side) => (side === "" ? [] : side.split(":")));
  const all = [...(head ?? []), ...(tail ?? [])];
  const last = all.at(-1) ?? "";
  const embedded = last.includes(".") && text.endsWith(last) ? ipv4Bytes(last) : null;
  const words = embedded === null ? all : all.slice(0, -1);
  if (!words.every((word) => /^[0-9a-fA-F]{1,4}$/u.test(word))) return null;
  const [a = 0, b = 0, c = 0, d = 0] = embedded ?? [];
  const groups = [
    ...words.map((word) => Number.parseInt(word, 16)),
    ...(embedded === null ? [] : [a * 256 + b, c * 256 + d]),
  ];
  if (tail === undefined) return groups.length === 8 ? groups : null;
  if (groups.length > 7) return null;
  const before = head?.length ?? 0;
  return [...groups.slice(0, before), ...new Array<number>(8 - groups.length).fill(0), ...groups.slice(before)];
}

/** The address as RFC 5952 writes it; null where the text is no IPv6 address. */
export function canonicalIpv6(text: string): string | null {
  const groups = ipv6Groups(text);
  if (groups === null) return null;
  const { start, length } = longestZeros(groups);
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(":");
  return length < 2 ? hex(groups) : `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
}

/** The first of the longest runs of zero groups. */
function longestZeros(groups: readonly number[]): { readonly start: number; readonly length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let end = start;
    while (groups[end] === 0) end++;
    if (end - start > best.length) best = { start, length: end - start };
  }
  return best;
}
