import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

/** About 80 ms and 32 MB for each try. */
const COST = { N: 2 ** 15, r: 8, p: 1 };
/** More is no hash of ours, and would stop the server. */
const MOST_MEMORY = 128 * 1024 * 1024;
const KEY_BYTES = 32;
const FORM = /^scrypt\$(\d{1,8})\$(\d{1,3})\$(\d{1,3})\$([\w-]{16,128})\$([\w-]{43})$/;

type Cost = typeof COST;

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

/** `scrypt$N$r$p$salt$key`: what a password is recognised by, and cannot be read from. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derivedKey(password, salt, COST);
  const { N, r, p } = COST;
  return ["scrypt", N, r, p, salt.toString("base64url"), key.toString("base64url")].join("$");
}

/** By the parameters that the hash was made with. False for a hash that is none. */
export async function isPasswordOf(hash: string, password: string): Promise<boolean> {
  const [, N, r, p, salt = "", key = ""] = FORM.exec(hash) ?? [];
  const cost = { N: Number(N), r: Number(r), p: Number(p) };
  if (!isBearable(cost)) return false;
  const found = await derivedKey(password, Buffer.from(salt, "base64url"), cost);
  return timingSafeEqual(found, Buffer.from(key, "base64url"));
}

export function isPasswordHash(hash: string): boolean {
  const [, N, r, p] = FORM.exec(hash) ?? [];
  return isBearable({ N: Number(N), r: Number(r), p: Number(p) });
}

function isBearable({ N, r, p }: Cost): boolean {
  const isPower = N > 1 && (N & (N - 1)) === 0;
  return isPower && r > 0 && p > 0 && p <= 16 && 128 * N * r < MOST_MEMORY;
}

/** Keyboards write the same letter in more than one way. */
function derivedKey(password: string, salt: Buffer, cost: Cost): Promise<Buffer> {
  return derive(password.normalize("NFC"), salt, KEY_BYTES, { ...cost, maxmem: MOST_MEMORY });
}
