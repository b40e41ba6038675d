// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen, waitFor } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { SupportSection } from "./support-section";

afterEach(() => {
  vi.unstubAllGlobals();
  cleanup();
});

function renderFor(scope: "full" | "read") {
  vi.stubGlobal("fetch", async () => Response.json({ scope, signed_in: true, required: true }));
  return render(
    <QueryClientProvider client={new QueryClient()}>
      <SupportSection />
    </QueryClientProvider>,
  );
}

test("the bundle is one click away, and what is in it is said first", () => {
  renderFor("full");
  const link = screen.getByRole("link", { name: "Download support bundle" });
  expect(link.getAttribute("href")).toBe("/api/support");
  expect(link.hasAttribute("download")).toBe(true);
  expect(screen.getByRole("region", { name: "Support bundle" }).textContent).toContain(
    "look through it before you give it to anybody",
  );
});

test("who may only look is not offered it", async () => {
  const { container } = renderFor("read");
  await waitFor(() => expect(container.textContent).toBe(""));
});
