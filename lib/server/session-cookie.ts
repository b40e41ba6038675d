const NAME = "controlpilot_session";
const ID = /^[\w-]{43}$/;
const DAYS = 90;

/** How long a session lives after it was used last. */
export const SESSION_MS = DAYS * 24 * 60 * 60 * 1000;

/** The one id that the cookie holds. Null for none, for several of the name, and for what is no id of ours. */
export function readSessionCookie(header: string | undefined, isSecure: boolean): string | null {
  if (!header?.includes(NAME)) return null;
  const start = `${nameFor(isSecure)}=`;
  const pairs = header.split(";").map((pair) => pair.trim());
  const [value, ...others] = pairs.filter((pair) => pair.startsWith(start));
  const id = value?.slice(start.length) ?? "";
  return others.length === 0 && ID.test(id) ? id : null;
}

export function sessionCookie(id: string, isSecure: boolean): string {
  return cookie(id, SESSION_MS / 1000, isSecure);
}

export function noSessionCookie(isSecure: boolean): string {
  return cookie("", 0, isSecure);
}

/** With its prefix, browsers take the cookie from this host over https alone. */
function nameFor(isSecure: boolean): string {
  return isSecure ? `__Host-${NAME}` : NAME;
}

function cookie(value: string, maxAge: number, isSecure: boolean): string {
  const attributes = [`Max-Age=${maxAge}`, "Path=/", "HttpOnly", "SameSite=Strict"];
  if (isSecure) attributes.push("Secure");
  return [`${nameFor(isSecure)}=${value}`, ...attributes].join("; ");
}
