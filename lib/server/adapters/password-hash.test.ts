import { scryptSync } from "node:crypto";
import { expect, test } from "vitest";
import { hashPassword, isPasswordHash, isPasswordOf } from "./password-hash";

test("a hash knows its password, and tells nothing else of it", async () => {
  const [one, two] = await Promise.all([hashPassword("pässword"), hashPassword("pässword")]);
  expect(one).toMatch(/^scrypt\$32768\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
  expect(two).not.toBe(one);
  expect(isPasswordHash(one)).toBe(true);
  expect(await isPasswordOf(one, "pässword")).toBe(true);
  // As another keyboard writes the same letter.
  expect(await isPasswordOf(one, "pa\u0308ssword")).toBe(true);
  for (const wrong of ["passwort", "pässword ", "PÄSSWORD", ""])
    expect(await isPasswordOf(one, wrong), wrong).toBe(false);
});

test("a hash of other parameters goes on to count", async () => {
  const salt = Buffer.from("another salt of old");
  const key = scryptSync("password", salt, 32, { N: 1024, r: 4, p: 2 });
  const hash = `scrypt$1024$4$2$${salt.toString("base64url")}$${key.toString("base64url")}`;
  expect(await isPasswordOf(hash, "password")).toBe(true);
  expect(await isPasswordOf(hash, "Password")).toBe(false);
});

test.each([
  "",
  "plain",
  "scrypt$32768$8$1$c2FsdA$a2V5",
  `scrypt$32768$8$1$${"a".repeat(22)}$${"a".repeat(42)}`,
  `scrypt$1073741824$8$1$${"a".repeat(22)}$${"a".repeat(43)}`,
  `scrypt$32768$999$1$${"a".repeat(22)}$${"a".repeat(43)}`,
  `scrypt$32767$8$1$${"a".repeat(22)}$${"a".repeat(43)}`,
  `scrypt$0$8$1$${"a".repeat(22)}$${"a".repeat(43)}`,
])("what is no hash of ours is nobody's: %s", async (hash) => {
  expect(isPasswordHash(hash)).toBe(false);
  expect(await isPasswordOf(hash, "a")).toBe(false);
});
