import { expect, test } from "vitest";
import { aService } from "@/components/services/testing";
import type { Service } from "@/lib/contract/services";
import { serviceUrl } from "./services";

const lan = "http://192.168.1.7:7878/";
const pod = "https://7bhply0h399ids-7878.proxy.runpod.net/";

test.each<[string, Partial<Service>, string, string | null]>([
  ["on the page's own host", {}, lan, "http://192.168.1.7:5555/"],
  ["with the page's protocol", {}, "https://pilot.example/", "https://pilot.example:5555/"],
  ["at localhost", {}, "http://localhost:7878/", "http://localhost:5555/"],
  ["at an IPv6 address", {}, "http://[::1]:7878/", "http://[::1]:5555/"],
  ["behind RunPod's proxy", {}, pod, "https://7bhply0h399ids-5555.proxy.runpod.net/"],
  ["a local port from elsewhere", { public_port: false }, lan, null],
  ["a local port behind the proxy", { public_port: false }, pod, null],
  [
    "a local port on the machine itself",
    { public_port: false },
    "http://127.0.0.1:7878/",
    "http://127.0.0.1:5555/",
  ],
  ["while it is stopped", { state: "STOPPED" }, lan, null],
  ["while it waits for its update", { held: true }, lan, null],
  ["without a port", { port: null }, lan, null],
  ["ControlPilot itself", { self: true }, lan, null],
])("%s", (_case, facts, page, url) => {
  expect(serviceUrl(aService(facts), new URL(page))).toBe(url);
});
