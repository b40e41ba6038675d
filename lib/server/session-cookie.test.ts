import { expect, test } from "vitest";
import { noSessionCookie, readSessionCookie, sessionCookie } from "./session-cookie";

const ID = "A-_z".repeat(10).concat("abc");

test.each([
  false,
  true,
])("what is set is what is read (https: %s), and not on the other side", (isSecure) => {
  const [pair = ""] = sessionCookie(ID, isSecure).split(";");
  expect(readSessionCookie(`a=b; ${pair}`, isSecure)).toBe(ID);
  expect(readSessionCookie(pair, !isSecure)).toBeNull();
  expect(noSessionCookie(isSecure)).toBe(
    sessionCookie("", isSecure).replace("Max-Age=7776000", "Max-Age=0"),
  );
});

test.each([
  undefined,
  "",
  "controlpilot_session",
  "controlpilot_session=",
  `controlpilot_session="${ID}"`,
  `controlpilot_session=${ID}x`,
  `controlpilot_session=${ID.slice(1)}`,
  `xcontrolpilot_session=${ID}`,
  `Controlpilot_session=${ID}`,
  `controlpilot_session =${ID}`,
  `controlpilot_session=${ID}; controlpilot_session=${ID}`,
  `controlpilot_session=${ID},controlpilot_session=${ID}`,
  `controlpilot_session=${ID.slice(1)}%41`,
])("nobody's: %s", (header) => {
  expect(readSessionCookie(header, false)).toBeNull();
});
