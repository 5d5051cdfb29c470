/** What goes through the user's SOCKS 5 proxy, such as Tor (RFC 1928). */
import { isLoopback } from "./loopback.ts";

/**
 * Everything but what this machine answers itself, and what carries a password in plain text: the last node of such a
 * proxy could read it, unless the host is an onion service.
 */
export function throughSocks(url: string, hasPassword: boolean): boolean {
  const { protocol, hostname } = new URL(url);
  if (isLoopback(hostname)) return false;
  return !hasPassword || protocol === "https:" || hostname.endsWith(".onion");
}
