import { expect, test } from "vitest";
import { createMailbox } from "./mailbox";

function mailboxOf(most?: number) {
  const leaving = new AbortController();
  let ends = 0;
  const { signal } = leaving;
  const onEnd = () => {
    ends += 1;
  };
  const mailbox = createMailbox<string>({ signal, onEnd, ...(most ? { most } : {}) });
  return { ...mailbox, leaving, ends: () => ends };
}

test("of what is put in under one key the reader gets the newest", async () => {
  const { put, read } = mailboxOf();
  put("a", "a1");
  put("b", "b1");
  put("a", "a2");
  const reader = read();
  expect((await reader.next()).value).toBe("a2");
  put("a", "a3");
  expect((await reader.next()).value).toBe("b1");
  expect((await reader.next()).value).toBe("a3");
});

test("a reader that waits gets what comes, and ends when it is told to", async () => {
  const { put, read, leaving, ends } = mailboxOf();
  const reader = read();
  const first = reader.next();
  put("a", "a1");
  expect((await first).value).toBe("a1");
  const second = reader.next();
  leaving.abort();
  expect((await second).done).toBe(true);
  expect(ends()).toBe(1);
});

test("who leaves while nobody reads has left too, and what comes then is not kept", async () => {
  const { put, read, leaving, ends } = mailboxOf();
  const reader = read();
  put("a", "a1");
  await reader.next();
  leaving.abort();
  put("b", "b1");
  expect(ends()).toBe(1);
  expect((await reader.next()).done).toBe(true);
});

test("a reader that stops reading has left", async () => {
  const { put, read, ends } = mailboxOf();
  put("a", "a1");
  for await (const item of read()) {
    expect(item).toBe("a1");
    break;
  }
  expect(ends()).toBe(1);
});

test("of more than it may hold the oldest is lost", async () => {
  const { put, read, leaving } = mailboxOf(2);
  for (const item of ["a", "b", "c"]) put(item, item);
  const reader = read();
  expect([(await reader.next()).value, (await reader.next()).value]).toEqual(["b", "c"]);
  leaving.abort();
});
