// @vitest-environment jsdom
import { beforeEach, describe, expect, it, vi } from "vitest";
import {
  closeUpdate,
  openJob,
  openOutput,
  openPlan,
  readUpdateAddress,
  withUpdate,
} from "./update-address";

const address = () => `${window.location.pathname}${window.location.search}`;

beforeEach(() => {
  window.history.pushState(null, "", "/updates?filter=ai");
});

describe("the address", () => {
  it.each([
    ["?update=comfy", { name: "comfy", view: "plan", to: undefined }],
    ["?update=comfy&to=v1.2", { name: "comfy", view: "plan", to: "v1.2" }],
    ["?update=comfy&back=j1", { name: "comfy", view: "back", job: "j1" }],
    ["?update=comfy&job=j1", { name: "comfy", view: "job", job: "j1" }],
    ["?update=comfy&job=j1&output=j2", { name: "comfy", view: "output", job: "j2" }],
    ["?update=", null],
    ["?job=j1", null],
  ])("%s", (search, expected) => {
    expect(readUpdateAddress(new URLSearchParams(search))).toEqual(expected);
  });

  it("keeps what else is in it", () => {
    const opened = withUpdate("?filter=ai", { name: "web:one", view: "job", job: "j1" });
    expect(opened).toBe("?filter=ai&update=web%3Aone&job=j1");
    expect(withUpdate(opened, null)).toBe("?filter=ai");
  });
});

describe("opening and closing", () => {
  it("takes one step for the panel, whatever is shown in it, and goes back over it", async () => {
    const entries = window.history.length;
    openPlan("comfy");
    openPlan("comfy", "v1.2");
    openJob("comfy", "j1");
    expect(address()).toBe("/updates?filter=ai&update=comfy&job=j1");
    expect(window.history.length).toBe(entries + 1);
    closeUpdate();
    await vi.waitFor(() => expect(address()).toBe("/updates?filter=ai"), 10_000);
  });

  it("goes back from the whole output to the panel", async () => {
    openJob("comfy", "j1");
    openOutput("comfy", "j1");
    closeUpdate();
    await vi.waitFor(
      () => expect(address()).toBe("/updates?filter=ai&update=comfy&job=j1"),
      10_000,
    );
  });

  it("stays on the page when the address came with a panel", () => {
    window.history.pushState(null, "", "/?update=comfy");
    closeUpdate();
    expect(address()).toBe("/");
  });
});
