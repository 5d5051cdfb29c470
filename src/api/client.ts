/** Whose request it is: the address that limits are counted by. */
import { isIP, isIPv4 } from "node:net";

/** What stands for everybody on this machine: the operator, his tools, or a proxy that he has not named. */
export const THIS_MACHINE = "this machine";

/**
 * The client behind a connection. `remote`: the other end's address. `forwarded`: the `X-Forwarded-For` header, which is
 * believed only where `remote` is one of `proxies`; its last entry that is no proxy is the one that our proxy saw.
 */
export function clientOf(
  remote: string | undefined,
  forwarded: string | readonly string[] | undefined,
  proxies: ReadonlySet<string>,
): string {
  const near = plain(remote ?? "");
  const entries = proxies.has(near) ? [forwarded ?? []].flat().join(",").split(",") : [];
  const seen = entries.map((entry) => plain(entry.trim())).filter((entry) => isIP(entry) !== 0 && !proxies.has(entry));
  return placeOf(seen.at(-1) ?? near);
}

/** An IPv4 address in IPv6 clothes is the IPv4 address. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=[0-9]+\.)/iu, "");
}

function placeOf(address: string): string {
  if (address === "::1" || /^127\./u.test(address)) return THIS_MACHINE;
  return isIPv4(address) ? address : networkOf6(address);
}

/** An IPv6 client has 2^64 addresses to ask from: what its provider gave it is one client. */
function networkOf6(address: string): string {
  const [head = "", tail] = (address.split("%")[0] ?? "").split("::");
  const groups = (part: string) => part.split(":").filter((group) => group !== "");
  const front = groups(head);
  const back = tail === undefined ? [] : groups(tail);
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - front.length - back.length);
  const all = [...front, ...Array.from({ length: zeros }, () => "0"), ...back];
  const first = all.slice(0, 4).map((group) => group.toLowerCase().replace(/^0+(?=.)/u, ""));
  return `${first.join(":")}::/64`;
}
