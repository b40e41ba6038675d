import { expect, test, vi } from "vitest";
import { DeadlineError } from "./answers";
import { AppError } from "./errors";

test("an expected failure is known as one in every bundle that holds this module", async () => {
  vi.resetModules();
  const other: typeof import("./errors") = await import("./errors");

  expect(other.AppError).not.toBe(AppError);
  expect(new other.AppError("conflict", "A sentence.")).toBeInstanceOf(AppError);
  expect(new Error("A sentence.")).not.toBeInstanceOf(AppError);
  expect(null).not.toBeInstanceOf(AppError);
});

test("what is one of a kind is not every kind", () => {
  expect(new AppError("unavailable", "A sentence.")).not.toBeInstanceOf(DeadlineError);
});
