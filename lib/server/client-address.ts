import type { IncomingHttpHeaders } from "node:http";
import { isIP, isIPv6 } from "node:net";

type Incoming = { headers: IncomingHttpHeaders; remoteAddress: string | undefined };

/**
 * Who a request comes from. What a proxy says of it counts only where the proxy is trusted, and of
 * its list only the last entry, which it has written itself.
 */
export function clientAddress({ headers, remoteAddress }: Incoming, trustProxy: boolean): string {
  const told = trustProxy ? lastOf(headers["x-forwarded-for"]) : "";
  return plainAddress(isIP(told) > 0 ? told : (remoteAddress ?? ""));
}

/** A household has a whole /64 of IPv6 to try from. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = "", tail] = (address.split("%", 1)[0] ?? "").toLowerCase().split("::");
  const before = head.split(":").filter(Boolean);
  const after = (tail ?? "").split(":").filter(Boolean);
  const gap = Array.from(
    { length: tail === undefined ? 0 : 8 - before.length - after.length },
    () => "0",
  );
  const groups = [...before, ...gap, ...after].slice(0, 4);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(":")}::/64`;
}

/** The last of several, each of which may be written with a comma. */
export function lastOf(header: string | string[] | undefined): string {
  return (
    String(header ?? "")
      .split(",")
      .at(-1) ?? ""
  ).trim();
}

/** An IPv4 address is the same one on a socket that takes both. */
function plainAddress(address: string): string {
  return address.toLowerCase().replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/, "");
}
