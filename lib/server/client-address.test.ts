import { expect, test } from "vitest";
import { clientAddress, networkOf } from "./client-address";

test.each([
  [false, "198.51.100.1", "10.0.0.1"],
  [true, "198.51.100.1", "198.51.100.1"],
  [true, "127.0.0.1, 198.51.100.1", "198.51.100.1"],
  [true, "198.51.100.1, unknown", "10.0.0.1"],
  [true, "", "10.0.0.1"],
  [true, undefined, "10.0.0.1"],
  [true, "2001:DB8::1", "2001:db8::1"],
])("with a trusted proxy (%s) that says %j it is %s", (trustProxy, told, address) => {
  const headers = told === undefined ? {} : { "x-forwarded-for": told };
  expect(clientAddress({ headers, remoteAddress: "::ffff:10.0.0.1" }, trustProxy)).toBe(address);
});

test("a connection that is gone has no address", () => {
  expect(clientAddress({ headers: {}, remoteAddress: undefined }, true)).toBe("");
});

test.each([
  ["203.0.113.7", "203.0.113.7"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:0db8:0001:0002::9", "2001:db8:1:2::/64"],
  ["2001:db8::9", "2001:db8:0:0::/64"],
  ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ["::1", "0:0:0:0::/64"],
  ["::", "0:0:0:0::/64"],
  ["", ""],
])("the network of %s is %s", (address, network) => {
  expect(networkOf(address)).toBe(network);
});
