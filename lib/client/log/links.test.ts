import { expect, it } from "vitest";
import { LogBook } from "./book";
import { copyText, linkOf, parseLink } from "./links";
import { entriesOf, iso, lineWith, writer } from "./testing";

it("leads back to the line that a link was made of", () => {
  const book = new LogBook();
  const log = writer({ stream: "err", file: "8-1f" });
  book.text(log.write("é\nsecond\n"));
  const link = linkOf(lineWith(book.view(), "second"));
  expect(link).toBe("err:8-1f:3");
  expect(parseLink(link)).toEqual({ stream: "err", file: "8-1f", offset: 3 });
});

it.each([
  "",
  "err",
  "err:f",
  "err:f:",
  "err:f:-1",
  "err:f:1.5",
  "both:f:1",
  "err:a/b:1",
  "err:f:1:2",
])("is no link: %j", (text) => {
  expect(parseLink(text)).toBeNull();
});

it("copies lines without colours and marks", () => {
  const book = new LogBook();
  const log = writer();
  book.text(log.write("\x1b[31mred\x1b[0m\n\n"));
  book.mark({ kind: "rotated", service: "comfy", stream: "out", at: iso(0), file: "f2" });
  book.text(writer({ file: "f2" }).write("\tnext"));
  expect(copyText(entriesOf(book.view()))).toBe("red\n\n        next\n");
});
