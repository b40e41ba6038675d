import * as z from "zod/mini";

/** A yes or no in a query string. */
export const Flag = z.pipe(
  z.enum(["true", "false"], { error: "must be true or false" }),
  z.transform((value) => value === "true"),
);

/** A whole number from 0 in a query string, written in digits. */
export const Count = z.pipe(
  z.string().check(z.regex(/^\d{1,15}$/, "must be a whole number from 0")),
  z.transform(Number),
);
