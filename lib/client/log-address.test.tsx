// @vitest-environment jsdom
import { act, renderHook, waitFor } from "@testing-library/react";
import { SearchParamsContext } from "next/dist/shared/lib/hooks-client-context.shared-runtime";
import type { ReactNode } from "react";
import { beforeEach, describe, expect, it } from "vitest";
import {
  closeLog,
  openLog,
  readLogAddress,
  showStream,
  useLogAddress,
  withLog,
} from "./log-address";

function address(): string {
  return `${window.location.pathname}${window.location.search}`;
}

/** Next gives the address to the hook; here it is read anew with each render. */
function Address({ children }: { children: ReactNode }) {
  const search = new URLSearchParams(window.location.search);
  return <SearchParamsContext value={search}>{children}</SearchParamsContext>;
}

function renderAddress() {
  return renderHook(() => useLogAddress(), { wrapper: Address });
}

beforeEach(() => {
  window.history.pushState(null, "", "/?filter=ai");
});

describe("the address", () => {
  it.each([
    ["?log=comfy", { name: "comfy", stream: "both", at: undefined }],
    ["?log=comfy&stream=err", { name: "comfy", stream: "err", at: undefined }],
    ["?log=web%3Aone&stream=all", { name: "web:one", stream: "both", at: undefined }],
    ["?log=comfy&at=err:a1:7", { name: "comfy", stream: "both", at: "err:a1:7" }],
    ["?log=", null],
    ["?stream=err", null],
  ])("%s", (search, expected) => {
    expect(readLogAddress(new URLSearchParams(search))).toEqual(expected);
  });

  it("keeps what else is in it", () => {
    const opened = withLog("?filter=ai", { name: "web:one", stream: "out", at: undefined });
    expect(opened).toBe("?filter=ai&log=web%3Aone&stream=out");
    expect(withLog(opened, null)).toBe("?filter=ai");
    expect(withLog("?log=comfy", null)).toBe("");
  });
});

describe("useLogAddress", () => {
  it("goes back when a log that was opened here is closed", async () => {
    const { result, rerender } = renderAddress();
    expect(result.current).toBeNull();
    act(() => openLog("comfy"));
    rerender();
    expect(result.current).toEqual({ name: "comfy", stream: "both", at: undefined });
    act(() => showStream("err"));
    expect(address()).toBe("/?filter=ai&log=comfy&stream=err");
    const entries = window.history.length;
    act(() => closeLog());
    await waitFor(() => expect(address()).toBe("/?filter=ai"));
    expect(window.history.length).toBe(entries);
  });

  it("stays on the page when a log is closed that the address came with", () => {
    window.history.pushState(null, "", "/?log=comfy");
    act(() => showStream("out"));
    act(() => closeLog());
    expect(address()).toBe("/");
  });

  it("adds one entry for any number of logs", () => {
    act(() => openLog("comfy"));
    const entries = window.history.length;
    act(() => openLog("kohya", "err"));
    expect(window.history.length).toBe(entries);
    expect(address()).toBe("/?filter=ai&log=kohya&stream=err");
  });
});
