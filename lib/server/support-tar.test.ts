import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { TAR_END, tarEntry } from "./support-tar";

const AT = new Date("2026-11-23T10:15:00Z");

function tar(archive: Buffer, ...args: string[]): string {
  return execFileSync("tar", [...args, "-f", "-"], { input: archive, encoding: "utf8" });
}

test("tar reads files of every size, and the time of each", () => {
  const sizes = [0, 1, 511, 512, 513, 100_000];
  const entries = sizes.map((size) => tarEntry(`dir/${size}`, Buffer.alloc(size, "x"), AT));
  const archive = Buffer.concat([...entries, TAR_END]);
  const listed = tar(archive, "--utc", "--full-time", "-tv").trim().split("\n");
  expect(listed.map((line) => line.split(/\s+/))).toEqual(
    sizes.map((size) => ["-rw-------", "0/0", `${size}`, "2026-11-23", "10:15:00", `dir/${size}`]),
  );
  expect(tar(archive, "-xO", "dir/513")).toBe("x".repeat(513));
});

test("a long path is divided, one that fits nowhere is refused", () => {
  const path = `${"a".repeat(90)}/${"b".repeat(60)}/${"c".repeat(99)}`;
  const archive = Buffer.concat([tarEntry(path, Buffer.from("here"), AT), TAR_END]);
  expect(tar(archive, "-t").trim()).toBe(path);
  expect(tar(archive, "-xO", path)).toBe("here");
  expect(() => tarEntry("d".repeat(101), Buffer.alloc(0), AT)).toThrow(RangeError);
  expect(() => tarEntry(`${"a".repeat(160)}/b`, Buffer.alloc(0), AT)).toThrow(RangeError);
});
